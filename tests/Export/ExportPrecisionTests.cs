using System.Text.Json.Nodes;
using Unreel.Onnx;
using Unreel.Pipelines;
using Unreel.Stages.Tests;
using Unreel.Testing;
using Unreel.Video;

namespace Unreel.Export.Tests;

/// <summary>The stage in other precisions.</summary>
public sealed class ExportPrecisionTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public ExportPrecisionTests() => TinyClassifier.Write(_folder.File("classifier"));

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(GraphPrecision.Int8Dynamic, "int8_dynamic")]
    [InlineData(GraphPrecision.Int8Static, "int8_static")]
    [InlineData(GraphPrecision.Int8Weights, "int8_weights")]
    [InlineData(GraphPrecision.Int4Weights, "int4_weights")]
    [InlineData(GraphPrecision.Fp16, "fp16")]
    public async Task A_model_in_another_precision_passes_the_gate_and_says_what_it_cost(GraphPrecision precision, string name)
    {
        StageResult result = await RunAsync(options => options with { Precision = precision });

        Assert.Equal(["model.onnx", "parity.json", "precision.json", .. GoldenClip.Files], result.Files.Select(file => file.Title));
        Assert.Equal(name, OnnxFile.ReadContract(result.Files[0].Path).Precision);
        JsonNode report = Report(result);
        Assert.Equal(["precision", "shift", "largest_difference", "top1_agreement", "limit", "clips", "clips_per_layer", "layers"], report.AsObject().Select(member => member.Key));
        Assert.Equal(name, (string)report["precision"]!);
        Assert.Equal(precision == GraphPrecision.Fp16, report["shift"] is null);
        Assert.Equal(["name", "shift", "is_float", "reason"], report["layers"]![0]!.AsObject().Select(member => member.Key));
    }

    // ONNX Runtime's processor has no kernels for bfloat16: there a GPU decides, and without one nothing can.
    [Fact]
    public async Task Bfloat16_passes_where_a_GPU_is_and_asks_for_one_where_none_is()
    {
        Task<StageResult> export = RunAsync(options => options with { Precision = GraphPrecision.Bf16 });

        if (OnnxRuntimeInfo.WhyNoCuda() is null)
            Assert.Equal("bf16", OnnxFile.ReadContract((await export).Files[0].Path).Precision);
        else
            Assert.Contains("The precision bf16 is for GPUs", (await Assert.ThrowsAsync<GateRefusedException>(() => export)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Bytes_inside_fused_attention_are_the_processors()
    {
        UsageException problem = await Assert.ThrowsAsync<UsageException>(() => RunAsync(options => options with { Precision = GraphPrecision.Int8Static, Providers = ["cuda"] }));

        Assert.Contains("flavour portable", problem.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Effects_of_layers_are_published_and_the_same_each_time()
    {
        StageResult result = await RunAsync(Measured);

        JsonArray layers = Report(result)["layers"]!.AsArray();
        Assert.All(layers.Where(layer => (string)layer!["name"]! != "head"), layer => Assert.True((double)layer!["shift"]! > 0));
        Assert.Equal((true, "asked"), layers.Where(layer => (string)layer!["name"]! == "head").Select(layer => ((bool)layer!["is_float"]!, (string)layer["reason"]!)).Single());
        Assert.Equal(File.ReadAllBytes(result.Files[2].Path), File.ReadAllBytes((await RunAsync(Measured, work: "again")).Files[2].Path));

        static ExportOptions Measured(ExportOptions options) => options with { Precision = GraphPrecision.Int8Static, MeasureLayers = true, KeepFloat = ["head"] };
    }

    // Four videos a label, a quarter held out.
    [Fact]
    public async Task Calibration_clips_are_of_the_training_side()
    {
        FakeContext context = new(_folder.File("told"));

        await RunAsync(options => options with { Precision = GraphPrecision.Int8Static }, context: context);

        Assert.Equal(9, context.Told.Count(told => told.Activity == "decoding calibration clips"));
        Assert.Equal(3, context.Told.Count(told => told.Activity == "decoding"));
    }

    [Fact]
    public void Clips_that_are_judged_are_never_calibrated_on()
    {
        ExportOptions options = Options() with { CalibrationClips = 3 };
        using IClipSource source = ClipDataset.Open(_folder.File("clips"), [new ColouredRecipes()]);
        ClipSplit split = ClipSplit.Make(source, options.Split);

        CalibrationSet clips = CalibrationClips.Read(source, options, TinyClassifier.Preparation, [.. split.Test, .. split.Train.Skip(2)], new FakeContext(_folder.File("work")).Progress, CancellationToken.None);

        byte[][] expected = [.. split.Train.Take(2).Select(index => (TinyClassifier.Preparation with { Clips = 1, Crops = 1 }).Read(source, index, CancellationToken.None).Pixels)];
        Assert.Equal(expected, clips.Clips.Select(clip => clip.ToArray()));
    }

    [Fact]
    public async Task Static_quantisation_without_clips_of_its_own_is_named()
    {
        UsageException problem = await Assert.ThrowsAsync<UsageException>(() => RunAsync(options => options with { Precision = GraphPrecision.Int8Static }, labels: []));

        Assert.Contains("has no clips to calibrate int8_static on beside those that the model is judged on", problem.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Other_precisions_do_without_and_say_so()
    {
        FakeContext context = new(_folder.File("told"));

        JsonNode report = Report(await RunAsync(options => options with { Precision = GraphPrecision.Int8Dynamic }, labels: [], context: context));

        Assert.Null(report["shift"]);
        Assert.Null(report["limit"]);
        Assert.Equal(0, (int)report["clips"]!);
        Assert.Contains(context.Told, told => told.Activity == "quantising without a limit of the logits' shift: no clips to measure it on");
    }

    [Fact]
    public async Task A_limit_that_cannot_be_measured_is_refused()
    {
        PrecisionException problem = await Assert.ThrowsAsync<PrecisionException>(() => RunAsync(options => options with { Precision = GraphPrecision.Int8Dynamic, MaxLogitShift = 0.05 }, labels: []));

        Assert.Contains("needs calibration clips to be measured on; found none", problem.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(null, 0.1)]
    [InlineData(0.5, 0.5)]
    [InlineData(0.0, null)]
    public async Task The_limit_is_a_tenth_unless_said_otherwise(double? asked, double? expected)
    {
        JsonNode report = Report(await RunAsync(options => options with { Precision = GraphPrecision.Int8Dynamic, MaxLogitShift = asked }));

        Assert.Equal(expected, (double?)report["limit"]);
    }

    [Fact]
    public async Task A_report_of_a_run_before_is_not_published()
    {
        await RunAsync(options => options with { Precision = GraphPrecision.Int8Dynamic });

        Assert.Equal(["model.onnx", "parity.json", .. GoldenClip.Files], (await RunAsync(options => options)).Files.Select(file => file.Title));
    }

    private static JsonNode Report(StageResult result) => JsonNode.Parse(File.ReadAllText(result.Files.Single(file => file.Title == "precision.json").Path))!;

    private ExportOptions Options(string[]? labels = null) => new()
    {
        Classifier = StageInput.Parse(_folder.File("classifier")),
        Clips = ColouredRecipes.Write(_folder, labels ?? [.. TinyClassifier.Labels]),
        Threads = 1,
    };

    private Task<StageResult> RunAsync(Func<ExportOptions, ExportOptions> change, string work = "work", string[]? labels = null, FakeContext? context = null) =>
        new ExportStage([new ColouredRecipes()]).RunAsync(change(Options(labels)), context ?? new FakeContext(_folder.File(work)), CancellationToken.None);
}
