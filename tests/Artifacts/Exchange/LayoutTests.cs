using System.Text;
using System.Text.Json;
using Unreel.Testing;

namespace Unreel.Artifacts.Tests;

/// <summary>OCI image layouts, there and back.</summary>
public sealed class LayoutTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly ArtifactStore _source, _target;

    public LayoutTests() => (_source, _target) = (Shelf.Open(_folder, "source"), Shelf.Open(_folder, "target"));

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("layout")]
    [InlineData("layout.tar")]
    public async Task What_was_exported_comes_back_with_its_digests_and_what_describes_it(string name)
    {
        (ArtifactRef clips, ArtifactRef weights, ArtifactRef model) = await _source.FillAsync();
        string path = await ExportAsync(name, new ExchangeOptions { Lineage = true, AllTags = true }, "onnx/tiny");

        IReadOnlyList<ImportedArtifact> imported = await ImportAsync(path);

        Assert.Equal([clips, weights, model], imported.Select(one => one.Artifact));
        Assert.All(imported, one => Assert.True(one.KeptDigest));
        Assert.Equal(await _source.ContentAsync(), await _target.ContentAsync());
    }

    [Fact]
    public async Task One_artifact_goes_by_its_tag_as_standard_clients_expect()
    {
        (_, _, ArtifactRef model) = await _source.FillAsync();

        string path = await ExportAsync("layout", new ExchangeOptions { Referrers = false }, "onnx/tiny");

        using JsonDocument index = JsonDocument.Parse(await File.ReadAllBytesAsync(Path.Combine(path, "index.json")));
        JsonElement entry = Assert.Single(index.RootElement.GetProperty("manifests").EnumerateArray());
        Assert.Equal("latest", entry.GetProperty("annotations").GetProperty("org.opencontainers.image.ref.name").GetString());
        Assert.Equal(model.Digest.ToString(), entry.GetProperty("digest").GetString());
        Assert.Equal("application/vnd.unreel.onnx.v1", entry.GetProperty("artifactType").GetString());
    }

    [Fact]
    public async Task Equal_artifacts_make_equal_archives()
    {
        await _source.FillAsync();
        string one = await ExportAsync("one.tar", new ExchangeOptions(), "onnx/tiny"), other = await ExportAsync("other.tar", new ExchangeOptions(), "onnx/tiny");

        Assert.Equal(await File.ReadAllBytesAsync(one), await File.ReadAllBytesAsync(other));
    }

    [Fact]
    public async Task Another_name_makes_another_manifest_and_says_so()
    {
        (_, _, ArtifactRef model) = await _source.FillAsync();
        string path = await ExportAsync("layout", new ExchangeOptions(), "onnx/tiny");

        ImportedArtifact imported = Assert.Single(await ImportAsync(path, "onnx/walk:v2"));

        Assert.False(imported.KeptDigest);
        Assert.Equal((model.Digest, "walk", "onnx/walk:v2"), (imported.Source, imported.Artifact.Name, imported.Tags.Single().ToString()));
        Artifact read = await _target.ReadAsync(imported.Artifact, Shelf.Ct);
        Assert.Equal((await _source.ReadAsync(model, Shelf.Ct)).Manifest.Config, read.Manifest.Config);
        Assert.Equal([imported.Artifact], await _target.ListReferencesAsync(null, Shelf.Ct).ToListAsync());
    }

    [Fact]
    public async Task The_same_name_keeps_the_digest_under_the_tag_that_is_named()
    {
        (_, _, ArtifactRef model) = await _source.FillAsync();
        string path = await ExportAsync("layout.tar", new ExchangeOptions(), "onnx/tiny");

        ImportedArtifact imported = Assert.Single(await ImportAsync(path, "onnx/tiny:v2"));

        Assert.Equal((model, true), (imported.Artifact, imported.KeptDigest));
        Assert.Null(await _target.ReadTagAsync(ArtifactKind.Onnx, "tiny", "latest", Shelf.Ct));
        Assert.Equal(model.Digest, (await _target.ReadTagAsync(ArtifactKind.Onnx, "tiny", "v2", Shelf.Ct))!.Target);
    }

    [Fact]
    public async Task A_name_of_another_kind_is_refused()
    {
        await _source.FillAsync();
        string path = await ExportAsync("layout", new ExchangeOptions(), "onnx/tiny");

        StoreException refused = await Assert.ThrowsAsync<StoreException>(() => ImportAsync(path, "weights/tiny:v2"));

        Assert.Contains("expected a name of that kind", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Of_several_the_one_that_is_meant_must_be_said()
    {
        await _source.FillAsync();
        string path = await ExportAsync("layout", new ExchangeOptions(), "onnx/tiny", "weights/tiny");

        StoreException refused = await Assert.ThrowsAsync<StoreException>(() => ImportAsync(path, "onnx/walk:v2"));
        IReadOnlyList<ImportedArtifact> imported = await ImportAsync(path, "onnx/walk:v2", "onnx/tiny:latest");

        Assert.Contains("several artifacts", refused.Message, StringComparison.Ordinal);
        Assert.Equal(["onnx/walk:v2", "weights/tiny:latest"], imported.SelectMany(one => one.Tags).Select(tag => tag.ToString()));
        await Assert.ThrowsAsync<StoreException>(() => ImportAsync(path, "onnx/walk:v2", "absent"));
    }

    [Fact]
    public async Task An_onnx_file_that_others_packed_becomes_an_artifact_by_the_name_it_is_given()
    {
        string path = ForeignLayout.Write(_folder.File("foreign"), ("application/octet-stream", "onnx bytes", null));

        StoreException nameless = await Assert.ThrowsAsync<StoreException>(() => ImportAsync(path));
        ImportedArtifact imported = Assert.Single(await ImportAsync(path, "onnx/theirs:v1"));

        Assert.Contains("expected what to call it", nameless.Message, StringComparison.Ordinal);
        Artifact read = await _target.ReadAsync(imported.Artifact, Shelf.Ct);
        Assert.Equal(("model.onnx", "import", false), (read.Manifest.Layers.Single().Title, read.Lineage.Stage, imported.KeptDigest));
        Assert.Equal(imported.Source.ToString(), (string?)read.Lineage.Options["digest"]);
    }

    [Fact]
    public async Task Foreign_layers_keep_their_names_and_must_have_one()
    {
        string named = ForeignLayout.Write(_folder.File("named"), ("text/plain", "a", "a.txt"), ("text/plain", "b", "sub/b.txt"));
        string nameless = ForeignLayout.Write(_folder.File("nameless"), ("text/plain", "a", "a.txt"), ("text/plain", "b", null));

        ImportedArtifact imported = Assert.Single(await ImportAsync(named, "report/theirs:v1"));
        StoreException refused = await Assert.ThrowsAsync<StoreException>(() => ImportAsync(nameless, "report/theirs:v1"));

        Assert.Equal(["a.txt", "sub/b.txt"], (await _target.ReadAsync(imported.Artifact, Shelf.Ct)).Manifest.Layers.Select(layer => layer.Title));
        Assert.Contains("has no file name", refused.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("layout")]
    [InlineData("layout.tar")]
    public async Task Nothing_is_written_over(string name)
    {
        await _source.FillAsync();
        await ExportAsync(name, new ExchangeOptions(), "onnx/tiny");

        StoreException refused = await Assert.ThrowsAsync<StoreException>(() => ExportAsync(name, new ExchangeOptions(), "weights/tiny"));

        Assert.Contains("is there already", refused.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("layout")]
    [InlineData("layout.tar")]
    public async Task A_failed_export_leaves_nothing(string name)
    {
        (_, _, ArtifactRef model) = await _source.FillAsync();
        Descriptor layer = (await _source.ReadAsync(model, Shelf.Ct)).Manifest.Layers.Single();
        File.Delete(_source.LocalFile(layer.Digest)!);
        string[] before = Directory.GetFileSystemEntries(_folder.Path);

        await Assert.ThrowsAsync<BlobMissingException>(() => ExportAsync(name, new ExchangeOptions(), "onnx/tiny"));

        Assert.Equal(before, Directory.GetFileSystemEntries(_folder.Path));
    }

    [ProgramFact("skopeo", "--version")]
    public async Task Skopeo_reads_what_we_write_and_we_read_what_it_writes()
    {
        (_, _, ArtifactRef model) = await _source.FillAsync();
        string path = await ExportAsync("layout", new ExchangeOptions { Referrers = false }, "onnx/tiny");

        (int code, string output) = Judges.Run("skopeo", "copy", "--insecure-policy", $"oci:{path}:latest", $"oci:{_folder.File("theirs")}:v9");
        Assert.True(code == 0, output);

        ImportedArtifact imported = Assert.Single(await ImportAsync(_folder.File("theirs")));
        Assert.Equal((model, true, "onnx/tiny:v9"), (imported.Artifact, imported.KeptDigest, imported.Tags.Single().ToString()));
    }

    private async Task<string> ExportAsync(string name, ExchangeOptions options, params string[] references)
    {
        ExchangePlan plan = await ExchangePlan.MakeAsync(_source, [.. references.Select(ArtifactReference.Parse)], options, Shelf.Ct);
        return await new LayoutExport(_source).RunAsync(plan, options, _folder.File(name), Shelf.Ct);
    }

    private async Task<IReadOnlyList<ImportedArtifact>> ImportAsync(string path, string? target = null, string? select = null)
    {
        OciLayout layout = await OciLayout.OpenAsync(path, Shelf.Ct);
        return await new LayoutImport(_target, TimeProvider.System).RunAsync(layout, target is null ? null : ArtifactReference.Parse(target), select, Shelf.Ct);
    }
}

/// <summary>A layout as other tools write it: no artifact type, an empty config.</summary>
internal static class ForeignLayout
{
    public static string Write(string folder, params (string Type, string Content, string? Title)[] layers)
    {
        Directory.CreateDirectory(Path.Combine(folder, "blobs", "sha256"));
        string described = string.Join(',', layers.Select(layer => Describe(folder, layer.Type, layer.Content, layer.Title)));
        string manifest = $$"""{"schemaVersion":2,"config":{{Describe(folder, "application/vnd.oci.empty.v1+json", "{}", null)}},"layers":[{{described}}]}""";
        File.WriteAllText(Path.Combine(folder, "index.json"), $$"""{"schemaVersion":2,"manifests":[{{Describe(folder, Manifest.ManifestMediaType, manifest, null)}}]}""");
        File.WriteAllText(Path.Combine(folder, "oci-layout"), """{"imageLayoutVersion": "1.0.0"}""");
        return folder;
    }

    private static string Describe(string folder, string type, string content, string? title)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(content);
        Digest digest = Digest.Of(bytes);
        File.WriteAllBytes(Path.Combine(folder, "blobs", "sha256", digest.Hex), bytes);
        string annotations = title is null ? string.Empty : $$""","annotations":{"org.opencontainers.image.title":"{{title}}"}""";
        return $$"""{"mediaType":"{{type}}","digest":"{{digest}}","size":{{bytes.Length}}{{annotations}}}""";
    }
}
