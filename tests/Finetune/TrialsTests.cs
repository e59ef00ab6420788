using Microsoft.Extensions.Logging.Abstractions;
using Unreel.Finetune;
using Unreel.Modeling;
using Unreel.Pipelines;
using Unreel.Testing;
using Unreel.Video;

namespace Unreel.Stages.Tests;

/// <summary>Every fold with every seed, resumed, reported and published; and probes on an encoder.</summary>
public sealed class TrialsTests : IDisposable
{
    private static readonly VideoTransformerShape Micro = Shapes.Micro with { Depth = 2 };

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Every_fold_is_held_out_once_with_every_seed()
    {
        var context = new FakeContext(_folder.File("work"));

        StageResult result = await Stage().RunAsync(Folds(), context, default);

        Assert.Equal((4.0, 2.0, 12.0), (result.Metrics["folds"], result.Metrics["seeds"], result.Metrics["held_out_videos"]));
        Assert.Equal(9, File.ReadAllLines(_folder.File("work", "accuracies.csv")).Length);
        Assert.Equal(25, File.ReadAllLines(_folder.File("work", "predictions.csv")).Length);
        Assert.Contains("| mean ", result.Details, StringComparison.Ordinal);
        Assert.Contains("fold 1 of 4, seed 3", File.ReadAllText(_folder.File("work", "report.md")), StringComparison.Ordinal);
        Assert.Equal(["s0_0.mp4,test", "s0_1.mp4,test", "s0_2.mp4,test"], File.ReadAllLines(result.Files.Single(file => file.Title == "split.csv").Path).Where(line => line.EndsWith(",test", StringComparison.Ordinal)));
        Assert.All(result.Files, file => Assert.True(File.Exists(file.Path), file.Path));
        Assert.Contains(context.Told, told => told.Activity == "fine-tuning, fold 3 of 4, seed 4");

        // Of seven classifiers nothing is kept but what they said.
        Assert.Equal([_folder.File("work", "fold-1-seed-3")], Directory.GetFiles(context.WorkFolder, "*.safetensors", SearchOption.AllDirectories).Select(file => Path.GetDirectoryName(file)!).Distinct());
    }

    [Fact]
    public async Task The_published_classifier_is_the_one_that_its_fold_alone_gives()
    {
        StageResult all = await Stage().RunAsync(Folds() with { Seeds = 1 }, new FakeContext(_folder.File("all")), default);
        StageResult first = await Stage().RunAsync(Folds() with { Seeds = 1, Split = new SplitOptions { Folds = "all", Fold = 1 } }, new FakeContext(_folder.File("first")), default);

        Assert.Equal(File.ReadAllBytes(all.Files[0].Path), File.ReadAllBytes(first.Files[0].Path));
    }

    [Fact]
    public async Task Stopped_and_run_again_it_goes_on_where_it_was()
    {
        await Stage().RunAsync(Folds(), new FakeContext(_folder.File("whole")), default);
        using var stop = new CancellationTokenSource();
        var stopped = new FakeContext(_folder.File("parts"))
        {
            Then = told =>
            {
                if (told is { Activity: "fine-tuning, fold 2 of 4, seed 4", Done: 2 })
                    stop.Cancel();
            },
        };

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Stage().RunAsync(Folds(), stopped, stop.Token));
        var context = new FakeContext(_folder.File("parts"));
        await Stage().RunAsync(Folds(), context, default);

        Assert.Equal(["fine-tuning, fold 2 of 4, seed 4", "fine-tuning, fold 3 of 4, seed 4", "fine-tuning, fold 4 of 4, seed 4"], context.Told.Select(told => told.Activity).Where(activity => activity.StartsWith("fine-tuning", StringComparison.Ordinal)).Distinct());
        Assert.All(["report.json", "report.md", "predictions.csv"], file => Assert.Equal(File.ReadAllText(_folder.File("whole", file)), File.ReadAllText(_folder.File("parts", file))));
    }

    [Fact]
    public async Task In_the_end_a_classifier_may_learn_from_every_video()
    {
        FinetuneOptions options = Folds() with { Seeds = 1, TrainOnAll = true };
        var context = new FakeContext(_folder.File("work"));

        StageResult result = await Stage().RunAsync(options, context, default);

        Assert.Equal(12, File.ReadAllLines(result.Files.Single(file => file.Title == "split.csv").Path).Count(line => line.EndsWith(",train", StringComparison.Ordinal)));
        Assert.Equal(12.0, result.Metrics["held_out_videos"]);
        Assert.Contains("trained on every video", File.ReadAllText(_folder.File("work", "report.md")), StringComparison.Ordinal);
        Assert.Equal(_folder.File("work", "all"), Path.GetDirectoryName(result.Files[0].Path));
    }

    [Theory]
    [InlineData(FinetunePreset.LinearProbe, TokenPooling.Mean)]
    [InlineData(FinetunePreset.LinearProbeSgd, TokenPooling.Mean)]
    [InlineData(FinetunePreset.AttentiveProbe, TokenPooling.Attentive)]
    public async Task A_probe_leaves_the_encoder_as_it_was(FinetunePreset recipe, TokenPooling pooling)
    {
        string encoder = _folder.File("encoder"), probe = _folder.File("probe");
        await Stage().RunAsync(Options() with { Steps = 2 }, new FakeContext(encoder), default);
        FinetuneOptions options = Options() with { Encoder = StageInput.Parse(encoder), Shape = null, Recipe = recipe, Steps = 30, BaseLearningRate = 0.4 };

        StageResult result = await Stage().RunAsync(options, new FakeContext(probe), default);

        using SafetensorsFile before = SafetensorsFile.Open(Path.Combine(encoder, "model.safetensors")), after = SafetensorsFile.Open(Path.Combine(probe, "model.safetensors"));
        Assert.All(after.Tensors.Keys.Where(name => name.StartsWith("blocks.", StringComparison.Ordinal)), name => Assert.Equal(before.ReadFloats(name), after.ReadFloats(name)));
        Assert.NotEqual(before.ReadFloats("head.weight"), after.ReadFloats("head.weight"));
        Assert.Equal(pooling, ModelDescription.Read(probe).Pooling);
        Assert.Equal(1, result.Metrics["top1"]);
    }

    [Fact]
    public async Task The_full_recipe_runs_with_classes_balanced()
    {
        FinetuneOptions options = Options() with { Recipe = FinetunePreset.Videomae, Balanced = true, Steps = 80 };

        StageResult result = await Stage().RunAsync(options, new FakeContext(_folder.File("work")), default);

        // Colours are what RandAugment changes most, so not all of them need be told apart.
        Assert.InRange(result.Metrics["top1"], 0.5, 1);
    }

    [Fact]
    public void Every_video_of_a_balanced_order_comes_as_often_as_it_is_repeated()
    {
        FinetuneOptions options = Options() with { Balanced = true, RepeatedAugmentation = 2 };
        var videos = new ColouredVideos(["a", "b", "c"], 8, 4);
        FinetuneRecipe recipe = FinetuneRecipe.Of(options);
        ISampleOrder order = FinetunePlans.Order(new FinetuneWork(options, recipe, FinetunePlans.Settings(options, recipe, null, videos), videos, null), [0, 1, 2, 3, 4, 5, 6, 9], 1);

        Assert.All(Enumerable.Range(0, 24), pair => Assert.Equal(order.Item(2 * pair), order.Item((2 * pair) + 1)));
        int[] items = [0, 1, 2, 3, 4, 5, 6, 9];
        Assert.All([0, 1, 2], label => Assert.InRange(Enumerable.Range(0, 48).Count(sample => videos.Items[items[order.Item(sample)]].Label == label), 12, 20));
    }

    [Theory]
    [InlineData(null, "recipe linear_probe freezes the encoder, but there is no encoder")]
    [InlineData("all", "freeze is all, but there is no encoder")]
    public async Task What_is_frozen_needs_an_encoder(string? freeze, string reason)
    {
        FinetuneOptions options = Options() with { Freeze = freeze, Recipe = freeze is null ? FinetunePreset.LinearProbe : FinetunePreset.Plain };

        var error = await Assert.ThrowsAsync<UsageException>(() => Stage().RunAsync(options, new FakeContext(_folder.File("work")), default));

        Assert.Contains(reason, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task More_blocks_than_the_encoder_has_are_refused()
    {
        await Stage().RunAsync(Options() with { Steps = 1 }, new FakeContext(_folder.File("encoder")), default);
        FinetuneOptions options = Options() with { Encoder = StageInput.Parse(_folder.File("encoder")), Shape = null, Freeze = "3" };

        var error = await Assert.ThrowsAsync<UsageException>(() => Stage().RunAsync(options, new FakeContext(_folder.File("work")), default));

        Assert.Contains("freeze is 3, but the encoder has 2 blocks; expected none, 0 to 2, or all", error.Message, StringComparison.Ordinal);
    }

    private FinetuneOptions Folds() => Options() with { Split = new SplitOptions { Folds = "all" }, Seeds = 2, Seed = 3, Steps = 4 };

    private FinetuneOptions Options() => new()
    {
        Clips = ColouredRecipes.Write(_folder, ["red", "green", "blue"]),
        Shape = Micro,
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
