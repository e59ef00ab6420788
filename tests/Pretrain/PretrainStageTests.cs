using System.Security.Cryptography;
using Microsoft.Extensions.Logging.Abstractions;
using Unreel.Artifacts;
using Unreel.Modeling;
using Unreel.Pipelines;
using Unreel.Pretrain;
using Unreel.Testing;
using Unreel.Video;

namespace Unreel.Stages.Tests;

public sealed class PretrainStageTests : IDisposable
{
    private static readonly VideoTransformerShape Micro = new()
    {
        Frames = 4,
        ImageSize = 16,
        PatchSize = 8,
        Width = 12,
        Depth = 1,
        Heads = 3,
        MlpWidth = 24,
        DecoderWidth = 8,
        DecoderDepth = 1,
        DecoderHeads = 2,
    };

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Defaults_are_videomaes()
    {
        var options = new PretrainOptions { Clips = StageInput.Parse("clips/some:latest") };

        Assert.Equal((1.5e-4, 0.05, 0.05, 0.9, 0.95), (options.BaseLearningRate, options.Warmup, options.WeightDecay, options.Beta1, options.Beta2));
        Assert.Equal(("tube", null, "normalised_pixels", 4), (options.Mask, options.MaskRatio, options.Target, options.Stride));
    }

    [Fact]
    public async Task Weights_description_metrics_and_picture_come_out()
    {
        var context = new FakeContext(_folder.File("work"));

        StageResult result = await Stage().RunAsync(Options(), context, default);

        Assert.Equal(ArtifactKind.Weights, result.Kind);
        Assert.Equal(["model.safetensors", "model.json", "metrics.jsonl", "loss.svg", "reconstruction.png", "reconstruction.mp4", "reconstruction.json"], result.Files.Select(file => file.Title));
        Assert.All(result.Files, file => Assert.True(new FileInfo(file.Path).Length > 0, file.Title));
        Assert.Equal(6, File.ReadAllLines(Path.Combine(context.WorkFolder, "metrics.jsonl")).Length);
        Assert.Equal(Micro, ModelDescription.Read(context.WorkFolder).Shape);
        Assert.Equal(6, context.Told.Count(told => told.Unit == "steps"));
        Assert.Equal(6, result.Metrics["steps"]);
    }

    [Fact]
    public async Task A_cancelled_stage_goes_on_to_the_same_bytes()
    {
        StageResult whole = await Stage().RunAsync(Options(), new FakeContext(_folder.File("whole")), default);
        using var stop = new CancellationTokenSource();
        var stopping = new FakeContext(_folder.File("parts")) { Then = progress => { if (progress.Done == 3) stop.Cancel(); } };

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Stage().RunAsync(Options(), stopping, stop.Token));
        StageResult parts = await Stage().RunAsync(Options() with { Workers = 1 }, new FakeContext(_folder.File("parts")), default);

        Assert.Equal(Digests(whole), Digests(parts));
        Assert.Equal(whole.Metrics, parts.Metrics);
    }

    [Theory]
    [InlineData("xl", "tube", "pixels", "'xl'")]
    [InlineData("tiny", "cube", "pixels", "'cube'")]
    public async Task Wrong_names_are_refused(string model, string mask, string target, string expected)
    {
        PretrainOptions options = new() { Clips = ColouredRecipes.Write(_folder, ["a"]), Model = model, Mask = mask, Target = target };

        var error = await Assert.ThrowsAsync<ModelException>(() => Stage().RunAsync(options, new FakeContext(_folder.File("work")), default));

        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_video_shorter_than_a_tubelet_is_named()
    {
        PretrainOptions options = Options() with { Clips = ColouredRecipes.Write(_folder, ["a"], frames: 1) };

        var error = await Assert.ThrowsAsync<VideoException>(() => Stage().RunAsync(options, new FakeContext(_folder.File("work")), default));

        Assert.Contains("'s0_0.mp4' has 1 frames", error.Message, StringComparison.Ordinal);
    }

    private PretrainOptions Options() => new()
    {
        Clips = ColouredRecipes.Write(_folder, ["a", "b", "c"]),
        Shape = Micro,
        Steps = 6,
        BatchSize = 2,
        Stride = 1,
        MaskRatio = 0.75,
        Pictures = 1,
        Threads = 1,
        Device = "cpu",
    };

    private static PretrainStage Stage() => new([new ColouredRecipes()], TimeProvider.System, NullLogger<PretrainStage>.Instance);

    private static IEnumerable<string> Digests(StageResult result) =>
        result.Files.Select(file => $"{file.Title} {Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(file.Path)))}");
}
