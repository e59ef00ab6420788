using Microsoft.Extensions.Logging.Abstractions;
using Unreel.Artifacts;
using Unreel.Finetune;
using Unreel.Modeling;
using Unreel.Pipelines;
using Unreel.Testing;
using Unreel.Video;

namespace Unreel.Stages.Tests;

public sealed class FinetuneStageTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Defaults_are_videomaes()
    {
        var options = new FinetuneOptions { Clips = StageInput.Parse("clips/some:latest") };
        FinetuneRecipe recipe = FinetuneRecipe.Of(options);

        Assert.Equal((5e-4, 0.05, 0.75, 0.05, 0.1), (recipe.BaseLearningRate, options.Warmup, recipe.LayerDecay, recipe.WeightDecay, recipe.LabelSmoothing));
        Assert.Equal(0, options.Flip);
    }

    [Fact]
    public async Task A_classifier_that_learnt_something_comes_out()
    {
        var context = new FakeContext(_folder.File("work"));

        StageResult result = await Stage().RunAsync(Options(), context, default);

        Assert.Equal(ArtifactKind.Weights, result.Kind);
        Assert.Equal(["model.safetensors", "model.json", "metrics.jsonl", "loss.svg", "split.csv", "report.md", "report.json", "accuracies.csv", "predictions.csv", "confusion.svg"], result.Files.Select(file => file.Title));
        Assert.Equal(1, result.Metrics["top1"]);
        Assert.Equal(3, result.Metrics["held_out_videos"]);
        Assert.Equal(["red", "green", "blue"], ModelDescription.Read(context.WorkFolder).Labels);
        Assert.Equal(9, File.ReadAllLines(Path.Combine(context.WorkFolder, "split.csv")).Count(line => line.EndsWith(",train", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task The_split_that_was_used_can_be_used_again()
    {
        await Stage().RunAsync(Options() with { Steps = 1 }, new FakeContext(_folder.File("one")), default);
        FinetuneOptions again = Options() with { Steps = 1, Split = new SplitOptions { File = new FileInfo(_folder.File("one", "split.csv")) } };

        StageResult result = await Stage().RunAsync(again, new FakeContext(_folder.File("two")), default);

        Assert.Equal(File.ReadAllText(_folder.File("one", "split.csv")), File.ReadAllText(_folder.File("two", "split.csv")));
        Assert.Equal(3, result.Metrics["held_out_videos"]);
    }

    [Theory]
    [InlineData(new string[0], "0 labels")]
    [InlineData(new[] { "only" }, "1 labels")]
    public async Task Fewer_than_two_labels_are_refused(string[] labels, string expected)
    {
        FinetuneOptions options = Options() with { Clips = ColouredRecipes.Write(_folder, labels) };

        var error = await Assert.ThrowsAsync<UsageException>(() => Stage().RunAsync(options, new FakeContext(_folder.File("work")), default));

        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_class_with_one_video_is_named()
    {
        FinetuneOptions options = Options() with { Clips = ColouredRecipes.Write(_folder, ["red", "green"], videosPerLabel: 1) };

        await Assert.ThrowsAsync<VideoException>(() => Stage().RunAsync(options, new FakeContext(_folder.File("work")), default));
    }

    [Fact]
    public async Task A_folder_without_weights_is_named()
    {
        string empty = Directory.CreateDirectory(_folder.File("empty")).FullName;
        FinetuneOptions options = Options() with { Encoder = StageInput.Parse(empty), Shape = null };

        var error = await Assert.ThrowsAsync<ModelException>(() => Stage().RunAsync(options, new FakeContext(_folder.File("work")), default));

        Assert.Contains(empty, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_model_beside_an_encoder_is_refused()
    {
        string encoder = _folder.File("encoder");
        await Stage().RunAsync(Options() with { Steps = 1 }, new FakeContext(encoder), default);
        FinetuneOptions options = Options() with { Encoder = StageInput.Parse(encoder), Shape = null, Model = "s" };

        var error = await Assert.ThrowsAsync<UsageException>(() => Stage().RunAsync(options, new FakeContext(_folder.File("work")), default));

        Assert.Contains("either encoder or model ('s')", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Damaged_weights_are_named()
    {
        string encoder = _folder.File("encoder");
        await Stage().RunAsync(Options() with { Steps = 1 }, new FakeContext(encoder), default);
        File.WriteAllBytes(Path.Combine(encoder, "model.safetensors"), [1, 2, 3]);
        FinetuneOptions options = Options() with { Encoder = StageInput.Parse(encoder), Shape = null };

        var error = await Assert.ThrowsAsync<SafetensorsException>(() => Stage().RunAsync(options, new FakeContext(_folder.File("work")), default));

        Assert.Contains(Path.Combine(encoder, "model.safetensors"), error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Probabilities_are_averaged_over_views() =>
        Assert.Equal([0.5, 0.5], HeldOutTest.Mean([3, 1, 1, 3], 2).Select(value => Math.Round(value, 12)));

    private FinetuneOptions Options() => new()
    {
        Clips = ColouredRecipes.Write(_folder, ["red", "green", "blue"]),
        Shape = Shapes.Micro,
        Steps = 60,
        BatchSize = 6,
        BaseLearningRate = 0.4,
        LayerDecay = 1,
        DropPath = 0,
        Stride = 1,
        TestClips = 2,
        Threads = 1,
        Device = "cpu",
    };

    private static FinetuneStage Stage() => new([new ColouredRecipes()], TimeProvider.System, NullLogger<FinetuneStage>.Instance);
}
