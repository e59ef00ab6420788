using Unreel.Onnx;
using Unreel.Testing;

namespace Unreel.Export.Tests;

public sealed class DivergenceTests : IDisposable
{
    private const double Floor = 1e-5;
    private static readonly ParityPlace Place = new("cpu", OnnxOptimisation.All, 2);

    private readonly TemporaryFolder _folder = new();

    public DivergenceTests() => TinyClassifier.Write(_folder.File("whole"), depth: 3);

    public void Dispose() => _folder.Dispose();

    // The graph is written from weights of which one number is wrong; the network has the right ones.
    [Theory]
    [InlineData("patch_embed.proj.weight", "patch_embed")]
    [InlineData("blocks.0.norm1.weight", "blocks.0.norm1")]
    [InlineData("blocks.1.attn.proj.weight", "blocks.1.attn.proj")]
    [InlineData("blocks.1.mlp.fc1.weight", "blocks.1.mlp.fc1")]
    [InlineData("blocks.2.mlp.fc2.bias", "blocks.2.mlp.fc2")]
    [InlineData("fc_norm.bias", "fc_norm")]
    [InlineData("head.weight", "head")]
    public void A_damaged_layer_is_named(string weight, string module)
    {
        Divergence found = Find(weight, GraphFlavour.Portable);

        Assert.Equal(module, found.First!.Module);
        Assert.StartsWith($"They part at '{module}'", found.ToString(), StringComparison.Ordinal);
        Assert.All(found.Modules.TakeWhile(other => other.Module != module), other => Assert.InRange(other.Difference, 0, 10 * Floor));
    }

    // Fused operators swallow some values: then the next one that is there is named.
    [Theory]
    [InlineData("blocks.1.mlp.fc1.weight", "blocks.1.mlp.")]
    [InlineData("blocks.0.attn.v_bias", "blocks.0.attn")]
    public void A_damaged_layer_among_fused_ones_is_named_as_well_as_can_be(string weight, string beginning) =>
        Assert.StartsWith(beginning, Find(weight, GraphFlavour.Ort).First!.Module, StringComparison.Ordinal);

    [Fact]
    public void Where_nothing_is_wrong_nothing_is_named()
    {
        Divergence found = Find("none", GraphFlavour.Portable);

        Assert.Null(found.First);
        Assert.Equal(["patch_embed", "blocks.0", "blocks.1", "blocks.2", "fc_norm", "head"], found.Modules.Select(module => module.Module));
        Assert.Contains("No single module is to blame", found.ToString(), StringComparison.Ordinal);
        Assert.Equal(["model.onnx"], Directory.GetFiles(_folder.File("work")).Select(Path.GetFileName));
    }

    [Theory]
    [InlineData(new[] { 1e-7, 1e-6, 1e-5 }, -1)]
    [InlineData(new[] { 1e-7, 2e-4, 1e-7 }, 1)]
    [InlineData(new[] { 5e-5, 2e-4, 1.9e-3, 0.5 }, 3)]
    [InlineData(new[] { 0.5, 0.6 }, 0)]
    [InlineData(new[] { 1e-7, double.NaN, 0.5 }, 1)]
    [InlineData(new double[0], -1)]
    public void The_first_that_jumps_is_off(double[] differences, int expected)
    {
        ModuleDifference[] modules = [.. differences.Select((difference, at) => new ModuleDifference($"m{at}", difference))];

        Assert.Equal(expected < 0 ? null : modules[expected], Divergence.FirstOff(modules, Floor));
    }

    private Divergence Find(string weight, GraphFlavour flavour)
    {
        TinyClassifier.Damage(_folder.File("whole"), _folder.File("damaged"), weight, by: 0.5f);
        ExportOptions options = AnyOptions.Value with { Flavour = flavour };
        using ExportedNetwork network = ExportedNetwork.Open(_folder.File("damaged"));
        Directory.CreateDirectory(_folder.File("work"));
        OnnxDocument document = network.Write(options, network.Preparation, "sha256:00");
        document.Save(_folder.File("work", "model.onnx"));
        DivergenceSearch search = new(
            _folder.File("work", "model.onnx"),
            () => ReferenceNetworks.Load(_folder.File("whole"), network.Description, document.ReadContract(), null, threads: 1),
            Floor,
            _folder.File("work"));
        return search.Find(new byte[network.Description.Shape.ClipBytes].Select((_, at) => (byte)(at * 37 % 251)).ToArray(), 0, Place, new OnnxModelOptions { Threads = 1 }, CancellationToken.None);
    }
}
