using System.Globalization;
using System.Text.RegularExpressions;
using Unreel.Artifacts;
using Unreel.Onnx;
using Unreel.Serve.Registry;
using Unreel.Testing;
using Unreel.Testing.Models;

namespace Unreel.Serve.Tests;

/// <summary>What the page of an ONNX artifact draws of its model.</summary>
public sealed partial class RegistryModelTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task The_page_draws_the_model_by_its_blocks()
    {
        string model = TinyModel.Write(_folder.Path);
        ModelOutline outline = ModelOutline.Read(model);

        string page = await PageAsync(File.ReadAllBytes(model));

        Assert.Contains("<svg class=\"graph\"", page, StringComparison.Ordinal);
        Assert.All((string[])["video", "patch_embed", "blocks.0", "fc_norm", "head", "logits"], name => Assert.Contains($">{name}</text>", page, StringComparison.Ordinal));
        Assert.Contains("<td>fp32</td>", page, StringComparison.Ordinal);
        Assert.Contains("input.frames", page, StringComparison.Ordinal);

        // The strip's parts, whose edges are rounded, are as long as all of it.
        double[] parts = [.. Part().Matches(page).Select(match => double.Parse(match.Groups[1].Value, CultureInfo.InvariantCulture))];
        Assert.Equal(outline.Blocks.Count, parts.Length);
        Assert.Equal(1222, parts.Sum(), .1);
        Assert.DoesNotContain("<script>", page, StringComparison.Ordinal);
        Assert.DoesNotContain(" style=", page, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Names_in_a_model_are_encoded()
    {
        var graph = new GraphBuilder("test", new GraphStyle(GraphFlavour.Ort));
        Value x = graph.Input("<script>alert(1)</script>", ElementType.Float, "<b>", 4);
        using (graph.Scope("<script>alert(2)</script>"))
            x = graph.Node("MatMul", [x, graph.Floats("<script>alert(3)</script>", [4, 4], new float[16])]);
        x = graph.Node("org.example.<script>", [x]);
        graph.Output("\"><script>", x, ElementType.Float);
        graph.Metadata(ModelContract.Key, "{\"<script>\":\"<script>\"}");

        string page = await PageAsync(graph.Build().ToArray());

        Assert.Contains("&lt;script&gt;alert(2)&lt;", page, StringComparison.Ordinal);
        Assert.DoesNotContain("<script>", page, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("not a model at all")]
    public async Task What_is_no_model_is_said_and_the_rest_of_the_page_stands(string content)
    {
        string page = await PageAsync(System.Text.Encoding.UTF8.GetBytes(content));

        Assert.Contains("model.onnx cannot be looked at: ", page, StringComparison.Ordinal);
        Assert.Contains("<h2>Files</h2>", page, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_model_that_ends_in_its_weights_is_said()
    {
        byte[] whole = File.ReadAllBytes(TinyModel.Write(_folder.Path));

        string page = await PageAsync(whole[..(whole.Length / 2)]);

        Assert.Contains("cannot be looked at", page, StringComparison.Ordinal);
    }

    [Fact]
    public void Outlines_are_kept_by_their_bytes_and_the_oldest_forgotten()
    {
        ModelOutline outline = ModelOutline.Read(TinyModel.Write(_folder.Path));
        Digest[] digests = [.. Enumerable.Range(0, 3).Select(number => Digest.FromHash([.. Enumerable.Repeat((byte)number, 32)]))];
        DigestCache<ModelOutline> cache = new(most: 2);

        cache.Keep(digests[0], outline);
        cache.Keep(digests[1], outline);
        Assert.Same(outline, cache.Find(digests[0]));
        cache.Keep(digests[2], outline);

        Assert.Equal([true, false, true], digests.Select(digest => cache.Find(digest) is not null));
    }

    private async Task<string> PageAsync(byte[] model)
    {
        CancellationToken none = CancellationToken.None;
        ArtifactStore store = ArtifactStores.Open(_folder.File($"store-{Guid.NewGuid():N}"));
        Descriptor layer = await store.AddBytesAsync(model, "application/onnx", "model.onnx", none);
        ArtifactRef published = await store.PublishAsync(ArtifactKind.Onnx, "tiny", new Lineage { Stage = "put" }, [layer], none);
        await using TestHost host = await TestHost.StartAsync(store: store);

        Answer page = await host.GetAsync($"/registry/onnx/tiny/{published.Digest}");

        Assert.Equal(200, page.Status);
        return page.Text;
    }

    [GeneratedRegex("class=\"part [^>]*width=\"([0-9.]+)\"")]
    private static partial Regex Part();
}
