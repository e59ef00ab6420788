using System.Security.Cryptography;
using System.Text.Json.Nodes;
using Unreel.Artifacts;
using Unreel.Modeling;
using Unreel.Onnx;
using Unreel.Pipelines;
using Unreel.Stages.Tests;
using Unreel.Testing;
using Unreel.Video;

namespace Unreel.Export.Tests;

public sealed class ExportStageTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public ExportStageTests() => TinyClassifier.Write(_folder.File("classifier"));

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task The_model_says_what_it_is_how_it_is_fed_and_how_it_was_measured()
    {
        StageResult result = await RunAsync(options => options with { ViewClips = 3 });

        ModelContract contract = OnnxFile.ReadContract(result.Files[0].Path);
        Assert.Equal(ArtifactKind.Onnx, result.Kind);
        Assert.Equal(["model.onnx", "parity.json"], result.Files.Select(file => file.Title));
        Assert.Equal(TinyClassifier.Labels, contract.Labels);
        Assert.Equal((TinyClassifier.Preparation with { Clips = 3 }).ToJson().ToJsonString(), contract.Preparation.ToJsonString());
        Assert.Equal(DigestOf(_folder.File("classifier", "model.safetensors")), contract.Weights);
        Assert.Equal((3, 1.0, 1e-3), (contract.Parity!.Clips, contract.Parity.Top1Agreement, contract.Parity.Tolerance));
        Assert.InRange(contract.Parity.LargestDifference, 0, 1e-3);
        Assert.Equal((3, result.Metrics["parity_clips_top1"]), (contract.Accuracy!.Videos, contract.Accuracy.Top1));
    }

    [Fact]
    public async Task Views_are_the_classifiers_own_unless_asked_otherwise() =>
        Assert.Equal(2, (int)OnnxFile.ReadContract((await RunAsync()).Files[0].Path).Preparation["clips"]!);

    // The other kinds of heads pass the same gate: attention in the graph, a batch norm folded into the linear layer.
    [Theory]
    [InlineData(ClassifierHead.Attentive)]
    [InlineData(ClassifierHead.BatchNorm)]
    public async Task Every_head_is_exported(ClassifierHead head)
    {
        Directory.Delete(_folder.File("classifier"), recursive: true);
        TinyClassifier.Write(_folder.File("classifier"), head);

        StageResult result = await RunAsync();

        Assert.InRange(OnnxFile.ReadContract(result.Files[0].Path).Parity!.LargestDifference, 0, 1e-4);
    }

    [Fact]
    public async Task The_comparison_is_published_beside_the_model_in_the_same_figures()
    {
        StageResult result = await RunAsync();

        JsonNode parity = JsonNode.Parse(File.ReadAllText(result.Files[1].Path))!;
        ParityRecord record = OnnxFile.ReadContract(result.Files[0].Path).Parity!;
        Assert.Equal(["tolerance", "min_top1_agreement", "measured", "split_note"], parity.AsObject().Select(member => member.Key));
        Assert.Equal(["largest_difference", "mean_difference", "top1_agreement", "clips", "batch_sizes"], parity["measured"]!.AsObject().Select(member => member.Key));
        Assert.Equal(record.LargestDifference, (double)parity["measured"]!["largest_difference"]!);
        Assert.Equal(record.LargestDifference, result.Metrics["largest_logit_difference"]);
        Assert.Null(parity["split_note"]);
    }

    [Fact]
    public async Task The_same_export_gives_the_same_bytes()
    {
        byte[][] first = [.. (await RunAsync(work: "one")).Files.Select(file => File.ReadAllBytes(file.Path))];

        Assert.Equal(first, (await RunAsync(work: "two")).Files.Select(file => File.ReadAllBytes(file.Path)));
    }

    [Fact]
    public async Task A_refusal_leaves_no_result()
    {
        GateRefusedException refusal = await Assert.ThrowsAsync<GateRefusedException>(() => RunAsync(options => options with { Tolerance = 0 }));

        Assert.Contains("Nothing was published", refusal.Message, StringComparison.Ordinal);
        Assert.False(File.Exists(_folder.File("work", "parity.json")));
        Assert.Null(OnnxFile.ReadContract(_folder.File("work", "model.onnx")).Parity);
    }

    [Theory]
    [InlineData]
    [InlineData("cyan", "pink")]
    public async Task Clips_without_labels_or_with_others_give_no_accuracy(params string[] labels)
    {
        StageResult result = await RunAsync(labels: labels);

        Assert.Null(OnnxFile.ReadContract(result.Files[0].Path).Accuracy);
        Assert.False(result.Metrics.ContainsKey("parity_clips_top1"));
        Assert.NotNull(OnnxFile.ReadContract(result.Files[0].Path).Parity);
    }

    [Fact]
    public async Task A_split_that_holds_nothing_out_is_named()
    {
        VideoException problem = await Assert.ThrowsAsync<VideoException>(() => RunAsync(options => options with { Split = new SplitOptions { Holdout = "nobody" } }));

        Assert.Contains("nobody", problem.Message, StringComparison.Ordinal);
    }

    private static string DigestOf(string file) => Digest.FromHash(SHA256.HashData(File.ReadAllBytes(file))).ToString();

    private Task<StageResult> RunAsync(Func<ExportOptions, ExportOptions>? change = null, string work = "work", string[]? labels = null)
    {
        ExportOptions options = new()
        {
            Classifier = StageInput.Parse(_folder.File("classifier")),
            Clips = ColouredRecipes.Write(_folder, labels ?? [.. TinyClassifier.Labels]),
            Threads = 1,
        };
        return new ExportStage([new ColouredRecipes()]).RunAsync(change?.Invoke(options) ?? options, new FakeContext(_folder.File(work)), CancellationToken.None);
    }
}
