using System.Text.Json.Nodes;
using Unreel.Artifacts;
using Unreel.Onnx;
using Unreel.Pipelines;
using Unreel.Testing;
using Unreel.Testing.Models;
using Unreel.Video;

namespace Unreel.Export.Tests;

/// <summary>Forms of others': written, and brought back.</summary>
public sealed class SharingTests : IDisposable
{
    private static readonly CancellationToken Ct = CancellationToken.None;

    private readonly TemporaryFolder _folder = new();
    private readonly ArtifactStore _store, _target;

    public SharingTests() => (_store, _target) = (ArtifactStores.Open(_folder.File("store")), ArtifactStores.Open(_folder.File("target")));

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_triton_model_says_what_its_graph_takes_and_gives()
    {
        ArtifactRef model = await ModelAsync();

        string folder = await TritonExport.RunAsync(_store, model, _folder.File("repository"), 16, Ct);

        Assert.Equal(_folder.File("repository", "tiny"), folder);
        Assert.Equal(TinyModel.Labels, await File.ReadAllLinesAsync(Path.Combine(folder, "labels.txt")));
        Assert.Equal(await BytesAsync(model, "model.onnx"), await File.ReadAllBytesAsync(Path.Combine(folder, "1", "model.onnx")));
        Assert.Equal(
            """
            name: "tiny"
            platform: "onnxruntime_onnx"
            max_batch_size: 16
            input [
              {
                name: "video"
                data_type: TYPE_UINT8
                dims: [ 4, 16, 16, 3 ]
              }
            ]
            output [
              {
                name: "logits"
                data_type: TYPE_FP32
                dims: [ 6 ]
                label_filename: "labels.txt"
              }
            ]
            output [
              {
                name: "probabilities"
                data_type: TYPE_FP32
                dims: [ 6 ]
                label_filename: "labels.txt"
              }
            ]
            output [
              {
                name: "features"
                data_type: TYPE_FP32
                dims: [ 12 ]
              }
            ]
            dynamic_batching { }

            """,
            await File.ReadAllTextAsync(Path.Combine(folder, "config.pbtxt")));
    }

    [Fact]
    public void What_is_open_or_fixed_is_said_in_tritons_words()
    {
        ModelContract contract = new() { Labels = ["a \"b\""], Input = new InputGeometry(4, 16, 16), Preparation = [], Weights = "sha256:0", Batch = 2 };
        ModelDescription open = Described(["batch", "frames", "16", "16", "3"], "float16"), fixedBatch = Described(["2", "4", "16", "16", "3"], "int64");

        string batched = TritonConfig.Write("a\"b\\c", open, contract with { Batch = null }, 4), two = TritonConfig.Write("two", fixedBatch, contract, 4);

        Assert.Contains("name: \"a\\\"b\\\\c\"", batched, StringComparison.Ordinal);
        Assert.Contains("dims: [ -1, 16, 16, 3 ]", batched, StringComparison.Ordinal);
        Assert.Contains("TYPE_FP16", batched, StringComparison.Ordinal);
        Assert.Contains("max_batch_size: 0", two, StringComparison.Ordinal);
        Assert.Contains("dims: [ 2, 4, 16, 16, 3 ]", two, StringComparison.Ordinal);
        Assert.DoesNotContain("dynamic_batching", two, StringComparison.Ordinal);
        Assert.Throws<UsageException>(() => TritonConfig.Write("x", Described(["batch"], "complex64"), contract, 4));
    }

    [Fact]
    public async Task A_hugging_face_folder_names_labels_and_how_frames_are_prepared()
    {
        ArtifactRef model = await ModelAsync();

        string folder = await HuggingFaceExport.RunAsync(_store, model, _folder.File("hub"), Ct);

        JsonNode config = JsonNode.Parse(await File.ReadAllTextAsync(Path.Combine(folder, "config.json")))!;
        JsonNode preprocessor = JsonNode.Parse(await File.ReadAllTextAsync(Path.Combine(folder, "preprocessor_config.json")))!;
        string card = await File.ReadAllTextAsync(Path.Combine(folder, "README.md"));
        Assert.Equal(TinyModel.Labels, Enumerable.Range(0, TinyModel.Labels.Count).Select(index => (string?)config["id2label"]![$"{index}"]));
        Assert.Equal((5, 4, 16), ((int)config["label2id"]!["walk"]!, (int)config["num_frames"]!, (int)config["image_size"]!));
        Assert.Equal((20, 16, false, false), ((int)preprocessor["size"]!["shortest_edge"]!, (int)preprocessor["crop_size"]!["height"]!, (bool)preprocessor["do_rescale"]!, (bool)preprocessor["do_normalize"]!));
        Assert.StartsWith("---\nlibrary_name: onnx\npipeline_tag: video-classification\n", card, StringComparison.Ordinal);
        Assert.Contains("| top1 | 0.75 |", card, StringComparison.Ordinal);
        Assert.Contains($"`{model}`", card, StringComparison.Ordinal);
        Assert.Contains("`weights/made@sha256:", card, StringComparison.Ordinal);
        Assert.True(File.Exists(Path.Combine(folder, "model.onnx")));
    }

    [Theory]
    [InlineData("triton")]
    [InlineData("huggingface")]
    public async Task What_was_written_comes_back_as_the_same_artifact(string format)
    {
        ArtifactRef model = await ModelAsync();
        string folder = await ExportAsync(format, model);

        ImportedArtifact named = await ImportAsync(folder, "onnx/tiny:v2");
        ImportedArtifact renamed = await ImportAsync(folder, "onnx/walk:v1");
        ImportedArtifact plain = await ImportAsync(folder, null);

        Assert.Equal((model, true, model), (named.Artifact, named.KeptDigest, plain.Artifact));
        Assert.Equal(model.Digest, (await _target.ReadTagAsync(ArtifactKind.Onnx, "tiny", "v2", Ct))!.Target);
        Assert.False(renamed.KeptDigest);
        Assert.Empty(await _target.VerifyAsync(model, deep: true, Ct));
        Assert.Equal((await _store.ReadAsync(model, Ct)).Lineage.Metrics, (await _target.ReadAsync(renamed.Artifact, Ct)).Lineage.Metrics);
    }

    [Theory]
    [InlineData("triton")]
    [InlineData("huggingface")]
    public async Task A_changed_file_makes_another_artifact_that_names_the_one_it_was(string format)
    {
        ArtifactRef model = await ModelAsync();
        string folder = await ExportAsync(format, model);
        string file = Path.Combine(folder, "unreel", "files", "test_data_set_0", "input_0.pb");
        await File.WriteAllTextAsync(file, "another clip");

        ImportedArtifact imported = await ImportAsync(folder, "onnx/tiny:mine");

        Assert.False(imported.KeptDigest);
        Lineage lineage = (await _target.ReadAsync(imported.Artifact, Ct)).Lineage;
        Assert.Equal(("import", model.Digest), (lineage.Stage, lineage.Inputs.Single().Digest));
        Assert.Equal("test_data_set_0/input_0.pb", (string?)lineage.Options["changed"]!.AsArray().Single());
    }

    [Fact]
    public async Task A_repository_of_one_model_needs_no_name_and_one_of_several_does()
    {
        ArtifactRef model = await ModelAsync(), other = await ModelAsync("other");
        await TritonExport.RunAsync(_store, model, _folder.File("repository"), 8, Ct);
        ImportedArtifact imported = await ImportAsync(_folder.File("repository"), null);
        await TritonExport.RunAsync(_store, other, _folder.File("repository"), 8, Ct);

        UsageException several = await Assert.ThrowsAsync<UsageException>(() => ImportAsync(_folder.File("repository"), null));
        UsageException taken = await Assert.ThrowsAsync<UsageException>(() => TritonExport.RunAsync(_store, model, _folder.File("repository"), 8, Ct));

        Assert.Equal(model, imported.Artifact);
        Assert.Contains("several models", several.Message, StringComparison.Ordinal);
        Assert.Contains("is there already", taken.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("model.onnx\"", "../../secret\"", "cannot name a file")]
    [InlineData("model.onnx\"", "/etc/passwd\"", "it is absolute")]
    [InlineData("model.onnx\"", "absent.onnx\"", "which the artifact's manifest names")]
    [InlineData("vnd.unreel.onnx", "vnd.other.onnx", "expected an artifact's manifest")]
    [InlineData("{", "", "cannot be read")]
    public async Task A_folder_that_says_what_cannot_be_is_refused(string good, string bad, string why)
    {
        string folder = await ExportAsync("huggingface", await ModelAsync());
        string manifest = Path.Combine(folder, "unreel", "manifest.json");
        await File.WriteAllTextAsync(manifest, (await File.ReadAllTextAsync(manifest)).Replace(good, bad, StringComparison.Ordinal));

        StoreException refused = await Assert.ThrowsAsync<StoreException>(() => ImportAsync(folder, null));

        Assert.Contains(why, refused.Message, StringComparison.Ordinal);
        Assert.Empty(await _target.ListReferencesAsync(null, Ct).ToListAsync());
    }

    [Fact]
    public async Task Links_lead_only_to_what_the_manifest_names()
    {
        string folder = await ExportAsync("huggingface", await ModelAsync());
        string file = Path.Combine(folder, "model.onnx"), moved = _folder.File("cached"), secret = _folder.File("secret");
        await File.WriteAllTextAsync(secret, "secret");
        File.Move(file, moved);
        File.CreateSymbolicLink(file, moved);
        Assert.True((await ImportAsync(folder, null)).KeptDigest);
        File.Delete(file);
        File.CreateSymbolicLink(file, secret);

        StoreException refused = await Assert.ThrowsAsync<StoreException>(() => ImportAsync(folder, null));

        Assert.Contains("is a link to something else", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Weights_go_as_hugging_face_loads_them_with_a_card()
    {
        TinyClassifier.Write(_folder.File("classifier"));
        ArtifactRef weights = await ArtifactFolder.AddFolderAsync(_store, ArtifactKind.Weights, "tiny", Made(), _folder.File("classifier"), null, Ct);

        string folder = await HuggingFaceExport.RunAsync(_store, weights, _folder.File("hub"), Ct);

        Assert.Equal(3, (int)JsonNode.Parse(await File.ReadAllTextAsync(Path.Combine(folder, "config.json")))!["id2label"]!.AsObject().Count);
        Assert.True(File.Exists(Path.Combine(folder, "model.safetensors")));
        Assert.Contains($"`{weights}`", await File.ReadAllTextAsync(Path.Combine(folder, "README.md")), StringComparison.Ordinal);
        Assert.Contains("unreel import weights", (await Assert.ThrowsAsync<UsageException>(() => ImportAsync(folder, null))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Other_kinds_have_no_such_form()
    {
        Descriptor file = await _store.AddBytesAsync("{}"u8.ToArray(), "application/json", "a.json", Ct);
        ArtifactRef report = await _store.PublishAsync(ArtifactKind.Report, "r", Made(), [file], Ct), empty = await _store.PublishAsync(ArtifactKind.Onnx, "e", Made(), [file], Ct);

        Assert.Contains("expected an ONNX model", (await Assert.ThrowsAsync<UsageException>(() => TritonExport.RunAsync(_store, report, _folder.File("t"), 8, Ct))).Message, StringComparison.Ordinal);
        Assert.Contains("expected an ONNX model or weights", (await Assert.ThrowsAsync<UsageException>(() => HuggingFaceExport.RunAsync(_store, report, _folder.File("h"), Ct))).Message, StringComparison.Ordinal);
        Assert.Contains("holds no model.onnx", (await Assert.ThrowsAsync<UsageException>(() => TritonExport.RunAsync(_store, empty, _folder.File("t"), 8, Ct))).Message, StringComparison.Ordinal);
        Assert.Equal(["store"], Directory.EnumerateFileSystemEntries(_folder.Path).Select(Path.GetFileName));
    }

    private static ModelDescription Described(IReadOnlyList<string> shape, string type) =>
        new([new TensorDescription("video", type, shape)], [new TensorDescription("logits", type, shape)], new Dictionary<string, long>(), new Dictionary<string, int>(), 0, 0, "");

    private static Lineage Made() => new()
    {
        Stage = "export",
        Inputs = [new LineageInput("classifier", "weights/made@" + Digest.Of("made"u8), Digest.Of("made"u8))],
        Metrics = new() { ["top1"] = 0.75 },
        Seed = 3,
    };

    private async Task<ArtifactRef> ModelAsync(string name = "tiny")
    {
        string folder = _folder.File($"made-{name}");
        string model = TinyModel.Write(folder, 7, new ClipPreparation { Frames = 4, Stride = 2, Size = 16, ShortSide = 20 });
        GoldenClip.Write(model, new byte[4 * 16 * 16 * 3]);
        ArtifactRef made = await ArtifactFolder.AddFolderAsync(_store, ArtifactKind.Onnx, name, Made(), folder, null, Ct);
        Directory.Delete(folder, recursive: true);
        return made;
    }

    private async Task<byte[]> BytesAsync(ArtifactRef model, string title) =>
        await File.ReadAllBytesAsync(_store.LocalFile((await _store.ReadAsync(model, Ct)).Manifest.Layers.Single(layer => layer.Title == title).Digest)!);

    private Task<string> ExportAsync(string format, ArtifactRef model) => format == "triton"
        ? TritonExport.RunAsync(_store, model, _folder.File("repository"), 8, Ct)
        : HuggingFaceExport.RunAsync(_store, model, _folder.File("hub"), Ct);

    private Task<ImportedArtifact> ImportAsync(string folder, string? target) =>
        new SharedImport(_target, TimeProvider.System).RunAsync(folder, target is null ? null : ArtifactReference.Parse(target), Ct);
}
