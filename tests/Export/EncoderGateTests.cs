using System.Text.Json.Nodes;
using Unreel.Modeling;
using Unreel.Onnx;
using Unreel.Pipelines;
using Unreel.Stages.Tests;
using Unreel.Testing;

namespace Unreel.Export.Tests;

/// <summary>The gate over graphs that give no classes, from weights in which every number matters.</summary>
public sealed class EncoderGateTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(GraphKind.Encoder, new[] { "features", "tokens" })]
    [InlineData(GraphKind.Keys, new[] { "features", "keys", "tokens" })]
    [InlineData(GraphKind.Reconstruction, new[] { "picture", "predicted" })]
    public async Task An_autoencoder_passes(GraphKind graph, string[] outputs) =>
        await PassesAsync(TinyNetworks.Autoencoder(_folder.File("weights")), graph, outputs);

    [Theory]
    [InlineData(GraphKind.Encoder, new[] { "features", "tokens" })]
    [InlineData(GraphKind.Keys, new[] { "features", "keys", "tokens" })]
    public async Task A_classifiers_encoder_passes(GraphKind graph, string[] outputs) =>
        await PassesAsync(TinyNetworks.Classifier(_folder.File("weights")), graph, outputs);

    // Tolerances that nothing meets: what matters is that the search understands the graph. An autoencoder embeds the tokens that it sees, its graph all
    // of them: of a reconstruction that value is not compared.
    [Theory]
    [InlineData(GraphKind.Encoder, "encoder.patch_embed", "encoder.norm")]
    [InlineData(GraphKind.Reconstruction, "encoder.blocks.0", "encoder.norm")]
    public async Task A_refusal_compares_modules_by_their_own_names(GraphKind graph, string first, string last)
    {
        string weights = TinyNetworks.Autoencoder(_folder.File("weights"));

        await Assert.ThrowsAsync<GateRefusedException>(() => RunAsync(weights, options => options with { Graph = graph, Tolerance = 0, Flavour = GraphFlavour.Portable }));

        JsonArray modules = JsonNode.Parse(File.ReadAllText(_folder.File("work", "refusal.json")))!["divergence"]!["modules"]!.AsArray();
        Assert.Equal(last, (string)modules[^1]!["module"]!);
        Assert.Equal(first, (string)modules[0]!["module"]!);
        Assert.All(modules, module => Assert.InRange((double)module!["difference"]!, 0, 1e-4));
    }

    [Fact]
    public async Task A_folder_without_weights_is_named()
    {
        Exception problem = await Assert.ThrowsAsync<ModelException>(() => RunAsync(Directory.CreateDirectory(_folder.File("empty")).FullName, options => options));

        Assert.Contains("model.json", problem.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Keys_of_a_block_that_is_not_there_are_refused()
    {
        string weights = TinyNetworks.Classifier(_folder.File("weights"));

        UsageException problem = await Assert.ThrowsAsync<UsageException>(() => RunAsync(weights, options => options with { Graph = GraphKind.Keys, KeysLayer = 2 }));

        Assert.Contains("from -2 to 1", problem.Message, StringComparison.Ordinal);
    }

    private async Task PassesAsync(string weights, GraphKind graph, string[] outputs)
    {
        StageResult result = await RunAsync(weights, options => options with { Graph = graph, KeysLayer = graph == GraphKind.Keys ? 0 : null });

        ModelContract contract = OnnxFile.ReadContract(result.Files[0].Path);
        JsonNode measured = JsonNode.Parse(File.ReadAllText(result.Files[1].Path))!["measured"]!;
        Assert.Equal((graph, null), (contract.Graph, contract.Accuracy));
        Assert.Equal(outputs, measured["outputs"]!.AsObject().Select(member => member.Key).Order(StringComparer.Ordinal));
        Assert.All(measured["outputs"]!.AsObject(), output => Assert.InRange((double)output.Value!, 0, output.Key == "picture" ? 1.01 / 255 : 1e-4));
        Assert.InRange(contract.Parity!.LargestDifference, double.Epsilon, contract.Parity.Tolerance);
    }

    private Task<StageResult> RunAsync(string weights, Func<ExportOptions, ExportOptions> change)
    {
        ExportOptions options = new() { Classifier = StageInput.Parse(weights), Clips = ColouredRecipes.Write(_folder, ["a", "b", "c"]), Threads = 1 };
        return new ExportStage([new ColouredRecipes()]).RunAsync(change(options), new FakeContext(_folder.File("work")), CancellationToken.None);
    }
}
