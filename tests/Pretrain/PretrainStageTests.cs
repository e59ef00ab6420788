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
        Assert.Equal(Shapes.Micro, ModelDescription.Read(context.WorkFolder).Shape);
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

    // Masks that follow motion are as much a function of seed and sample as any: cut in two, with other workers, on videos that are
    // decoded and on videos whose flow is found.
    [Theory]
    [InlineData("motion-vectors")]
    [InlineData("motion-flow")]
    public async Task A_cancelled_stage_with_motion_masks_goes_on_to_the_same_bytes(string mask)
    {
        PretrainOptions options = Options() with { Clips = Films(_folder.File("films"), 5), Mask = mask, MaskRatio = .75, Shape = Shapes.Micro with { ImageSize = 32 } };
        StageResult whole = await Stage().RunAsync(options, new FakeContext(_folder.File("whole")), default);
        using var stop = new CancellationTokenSource();
        var stopping = new FakeContext(_folder.File("parts")) { Then = progress => { if (progress.Unit == "steps" && progress.Done == 3) stop.Cancel(); } };

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Stage().RunAsync(options, stopping, stop.Token));
        StageResult parts = await Stage().RunAsync(options with { Workers = 1 }, new FakeContext(_folder.File("parts")), default);
        StageResult tube = await Stage().RunAsync(options with { Mask = "tube" }, new FakeContext(_folder.File("tube")), default);

        Assert.Equal(Digests(whole), Digests(parts));
        Assert.NotEqual(Digests(whole), Digests(tube));
    }

    [Fact]
    public void A_preview_shows_every_mask_that_the_videos_allow()
    {
        string films = Films(_folder.File("films"), 2).Text, picture = _folder.File("masks.png");
        Encode(_folder.File("films", "film1.mp4"), gop: 1);
        PretrainOptions options = Options() with { MaskRatio = .75, Shape = Shapes.Micro with { ImageSize = 32 } };
        using IClipSource source = ClipDataset.Open(films, []);

        MaskPreview preview = MaskPreview.Write(options, source, clips: 5, picture, default);

        string[] all = ["clip", .. MaskStrategies.Names];
        Assert.Equal([.. all, .. all.Where(name => name != "motion-vectors")], preview.Rows);
        Assert.Contains("'film1.mp4' has no motion vectors", Assert.Single(preview.LeftOut), StringComparison.Ordinal);
        Clip sheet = PictureFiles.Read(picture, null, default);
        Assert.Equal(new FrameSize((4 * 34) + 2, (preview.Rows.Count * 34) + 2), sheet.Size);

        // The second row is that of the frame mask, which hides one of two slots.
        int grey = Enumerable.Range(0, sheet.Pixels.Length / 3).Count(pixel => sheet.Pixels[pixel * 3] == 127 && pixel / sheet.Size.Width is > 36 and < 68);
        Assert.Equal(.5, grey / (4.0 * 32 * 32), .02);
    }

    [Fact]
    public async Task Videos_without_vectors_are_found_before_training()
    {
        var context = new FakeContext(_folder.File("work"));
        PretrainOptions drawn = Options() with { Mask = "motion-vectors" };
        StageInput films = Films(_folder.File("films"), 3);
        Encode(_folder.File("films", "film1.mp4"), gop: 1);
        Encode(_folder.File("films", "film2.mp4"), gop: 1);

        var notCoded = await Assert.ThrowsAsync<VideoException>(() => Stage().RunAsync(drawn, context, default));
        var byFrame = await Assert.ThrowsAsync<VideoException>(() => Stage().RunAsync(drawn with { Clips = films }, context, default));

        Assert.Contains("'s0_0.mp4' is not a coded video", notCoded.Message, StringComparison.Ordinal);
        Assert.Contains("'film1.mp4' has no motion vectors: its codec h264", byFrame.Message, StringComparison.Ordinal);
        Assert.Contains("'motion-flow'", byFrame.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(context.Told, told => told.Unit == "steps");
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

    [Fact]
    public async Task Clips_of_a_video_that_would_not_lie_in_one_step_are_refused()
    {
        PretrainOptions options = Options() with { BatchSize = 4, ClipsPerVideo = 3 };

        var error = await Assert.ThrowsAsync<UsageException>(() => Stage().RunAsync(options, new FakeContext(_folder.File("work")), default));

        Assert.Contains("batch_size is 4, expected a multiple of 3", error.Message, StringComparison.Ordinal);
    }

    private PretrainOptions Options() => new()
    {
        Clips = ColouredRecipes.Write(_folder, ["a", "b", "c"]),
        Shape = Shapes.Micro,
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

    private static StageInput Films(string folder, int count)
    {
        Directory.CreateDirectory(folder);
        for (int film = 0; film < count; film++)
            Encode(Path.Combine(folder, $"film{film}.mp4"), gop: 12);
        return StageInput.Parse(folder);
    }

    // A bright block that crosses a gradient.
    private static void Encode(string path, int gop)
    {
        using var writer = new VideoWriter(path, new FrameSize(64, 48), 25, new VideoWriterOptions { Gop = gop });
        byte[] frame = new byte[64 * 48 * 3];
        for (int number = 0; number < 20; number++)
        {
            for (int pixel = 0; pixel < 64 * 48; pixel++)
                frame.AsSpan(pixel * 3, 3).Fill((pixel % 64) - (2 * number) is >= 4 and < 20 && pixel / 64 is >= 16 and < 32 ? (byte)(200 + (pixel * 7 % 50)) : (byte)(40 + pixel % 64));
            writer.Write(frame);
        }

        writer.Finish();
    }
}
