using System.Text.Json.Nodes;
using Unreel.Artifacts;
using Unreel.Pipelines;
using Unreel.Testing;
using Unreel.Testing.Models;
using Unreel.Video;

namespace Unreel.Evaluate.Tests;

public sealed class EvaluateStageTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_model_is_measured_on_a_folder_of_classes()
    {
        MakeClips("jump", "run", "walk");

        (StageResult result, JsonNode report) = await RunAsync();

        Assert.Equal(ArtifactKind.Report, result.Kind);
        Assert.Equal(["report.json", "report.md", "confusion.svg"], result.Files.Select(file => file.Title));
        Assert.All(result.Files, file => Assert.True(new FileInfo(file.Path).Length > 0));
        Assert.Equal(6, (int)report["count"]!);
        Assert.Equal(["jump/0.mp4", "jump/1.mp4", "run/0.mp4", "run/1.mp4", "walk/0.mp4", "walk/1.mp4"], report["predictions"]!.AsArray().Select(each => (string)each!["clip"]!));
        Assert.All(report["predictions"]!.AsArray(), each => Assert.Equal(1, each!["probabilities"]!.AsArray().Sum(value => (double)value!), 1e-4));
        int right = report["predictions"]!.AsArray().Count(each => (string)each!["label"]! == (string)each["predicted"]!);
        Assert.Equal(right / 6.0, result.Metrics["top1"], 1e-6);
        Assert.Equal("clips", (string)report["clips"]!);
        Assert.StartsWith("sha256:", (string)report["model_digest"]!, StringComparison.Ordinal);
        Assert.DoesNotContain(_folder.Path, File.ReadAllText(result.Files[0].Path), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_same_evaluation_gives_the_same_bytes_whatever_the_threads()
    {
        MakeClips("jump", "run");

        (StageResult first, _) = await RunAsync(options => options with { Threads = 1 });
        byte[][] bytes = [.. first.Files.Select(file => File.ReadAllBytes(file.Path))];
        (StageResult second, _) = await RunAsync(options => options with { Threads = 2 });

        Assert.Equal(bytes, second.Files.Select(file => File.ReadAllBytes(file.Path)));
    }

    [Fact]
    public async Task Views_are_averaged_as_probabilities()
    {
        MakeClips("jump");
        ClipPreparation one = new() { Frames = 4, Stride = 1, Size = 16 };
        double[] Probabilities(JsonNode report) => [.. report["predictions"]![0]!["probabilities"]!.AsArray().Select(value => (double)value!)];

        // Two clips in time of a video that is as long as one: both views are the same, and so is their mean.
        TestVideos.Write(_folder.File("clips", "jump", "0.mp4"), frames: 4);
        double[] alone = Probabilities((await RunAsync(preparation: one)).Report);
        double[] twice = Probabilities((await RunAsync(preparation: one with { Clips = 2 })).Report);
        Assert.All(alone.Zip(twice), pair => Assert.Equal(pair.First, pair.Second, 2e-6));

        TestVideos.Write(_folder.File("clips", "jump", "0.mp4"), frames: 12);
        double[] middle = Probabilities((await RunAsync(preparation: one)).Report);
        double[] spread = Probabilities((await RunAsync(preparation: one with { Clips = 3 })).Report);
        Assert.NotEqual(middle, spread);
    }

    [Theory]
    [InlineData(ClipPart.Test, "1.mp4")]
    [InlineData(ClipPart.Train, "0.mp4")]
    public async Task Only_the_part_asked_for_is_measured(ClipPart part, string name)
    {
        MakeClips("jump", "run");

        (_, JsonNode report) = await RunAsync(options => options with { Part = part, Split = new SplitOptions { Groups = @"(\d)\.mp4", Holdout = "1" } });

        Assert.All(report["predictions"]!.AsArray(), each => Assert.EndsWith(name, (string)each!["clip"]!, StringComparison.Ordinal));
        Assert.Equal(2, (int)report["count"]!);
    }

    [Fact]
    public async Task Labels_the_model_does_not_know_are_all_named()
    {
        MakeClips("jump", "dance", "sing");

        UsageException problem = await Assert.ThrowsAsync<UsageException>(() => RunAsync());
        Assert.Contains("does not know the labels dance, sing", problem.Message, StringComparison.Ordinal);
        Assert.Contains("it knows bend, jump", problem.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Labels_are_matched_by_name_and_not_by_place()
    {
        MakeClips("walk");
        (_, JsonNode report) = await RunAsync();
        Assert.Equal("walk", (string)report["predictions"]![0]!["label"]!);
    }

    [Fact]
    public async Task Clips_without_labels_are_refused()
    {
        TestVideos.Write(_folder.File("clips", "a.mp4"));
        UsageException problem = await Assert.ThrowsAsync<UsageException>(() => RunAsync());
        Assert.Contains("have no label, e.g. a.mp4", problem.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_gate_refuses_a_model_below_it()
    {
        MakeClips("jump", "run");
        double reached = (await RunAsync()).Result.Metrics["top1"];

        Assert.Equal(reached, (await RunAsync(options => options with { MinTop1 = reached })).Result.Metrics["top1"]);
        Scorecard card = Scorecard.Of(["a", "b"], [new("1", 0, [.9f, .1f]), new("2", 1, [.9f, .1f])]);
        EvaluateStage.Gate(card, .5);
        GateRefusedException refused = Assert.Throws<GateRefusedException>(() => EvaluateStage.Gate(card, .51));
        Assert.Contains("Top-1 is 50.0 %", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Bad_videos_are_counted_and_kept_out_of_the_figures()
    {
        MakeClips("jump", "run");
        File.WriteAllText(_folder.File("clips", "run", "broken.mp4"), "no video");

        TooManyBadItemsException refused = await Assert.ThrowsAsync<TooManyBadItemsException>(() => RunAsync());
        Assert.Contains("broken.mp4", refused.Message, StringComparison.Ordinal);

        (StageResult result, JsonNode report) = await RunAsync(options => options with { MaxFailures = 1 });
        Assert.Equal((4, 1.0), ((int)report["count"]!, result.Metrics["failures"]));
        Assert.Equal("run/broken.mp4", (string)report["failures"]![0]!["clip"]!);
    }

    [Fact]
    public async Task Where_no_video_can_be_read_there_are_no_figures()
    {
        Directory.CreateDirectory(_folder.File("clips", "run"));
        File.WriteAllText(_folder.File("clips", "run", "broken.mp4"), "no video");

        UsageException problem = await Assert.ThrowsAsync<UsageException>(() => RunAsync(options => options with { MaxFailures = 9 }));
        Assert.Contains("None of the 1 clips", problem.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Clips_that_are_not_there_and_splits_that_match_nothing_are_wrong_usage()
    {
        await Assert.ThrowsAsync<UsageException>(() => RunAsync());

        MakeClips("jump", "run");
        UsageException problem = await Assert.ThrowsAsync<UsageException>(() => RunAsync(options => options with { Part = ClipPart.Test, Split = new SplitOptions { Holdout = "nobody" } }));
        Assert.Contains("nobody", problem.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_model_that_answers_no_numbers_gets_no_figures()
    {
        MakeClips("jump");
        string broken = TinyModel.Write(_folder.File("broken"), broken: true);

        UsageException problem = await Assert.ThrowsAsync<UsageException>(() => RunAsync(options => options with { Model = StageInput.Parse(broken) }));
        Assert.Contains("not finite", problem.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("absent", "There is no model")]
    [InlineData("torn", "cannot be evaluated")]
    public async Task A_model_that_cannot_be_opened_is_named(string model, string expected)
    {
        MakeClips("jump");
        File.WriteAllBytes(_folder.File("torn"), [1, 2, 3]);

        UsageException problem = await Assert.ThrowsAsync<UsageException>(() => RunAsync(options => options with { Model = StageInput.Parse(_folder.File(model)) }));
        Assert.Contains(expected, problem.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Progress_is_told_and_cancelling_stops()
    {
        MakeClips("jump", "run");
        using CancellationTokenSource stop = new();
        List<StageProgress> told = [];
        Context context = new(_folder.File("work"), at =>
        {
            told.Add(at);
            stop.Cancel();
        });

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => RunAsync(context: context, ct: stop.Token));

        Assert.Equal((1L, 4L, "clips"), told.Select(at => (at.Done, at.Total, at.Unit)).Single());
    }

    private void MakeClips(params string[] labels)
    {
        foreach (string label in labels)
        {
            for (int index = 0; index < 2; index++)
                TestVideos.Write(_folder.File("clips", label, $"{index}.mp4"), seed: index + (label.Length * 10));
        }
    }

    private async Task<(StageResult Result, JsonNode Report)> RunAsync(
        Func<EvaluateOptions, EvaluateOptions>? change = null, ClipPreparation? preparation = null, Context? context = null, CancellationToken ct = default)
    {
        EvaluateOptions options = new()
        {
            Model = StageInput.Parse(TinyModel.Write(_folder.File("model"), preparation: preparation)),
            Clips = StageInput.Parse(_folder.File("clips")),
            Part = ClipPart.All,
            Threads = 1,
        };
        StageResult result = await new EvaluateStage([], TimeProvider.System).RunAsync(change?.Invoke(options) ?? options, context ?? new Context(_folder.File("work"), _ => { }), ct);
        return (result, JsonNode.Parse(File.ReadAllText(result.Files[0].Path))!);
    }

    private sealed class Context(string work, Action<StageProgress> report) : IStageContext, IProgress<StageProgress>
    {
        public string WorkFolder { get; } = Directory.CreateDirectory(work).FullName;

        public IProgress<StageProgress> Progress => this;

        public void Report(StageProgress value) => report(value);

        public Task<string> FetchAsync(StageInput input, CancellationToken ct) => Task.FromResult(input.Text);

        public Task<Artifact?> DescribeAsync(StageInput input, CancellationToken ct) => Task.FromResult<Artifact?>(null);
    }
}
