using System.Text.Json.Nodes;
using Unreel.Pipelines;
using Unreel.Serve.Scoring;
using Unreel.Testing;
using Unreel.Testing.Models;

namespace Unreel.Serve.Tests;

public sealed class ScoreTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly string _out;
    private readonly List<string> _notices = [];

    public ScoreTests()
    {
        _out = _folder.File("out", "scores.csv");
        TinyModel.Write(_folder.File("model"));
    }

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Every_file_gets_one_row_in_the_order_of_the_names()
    {
        MakeVideos("b.mp4", "a/with, comma.mp4", "a/with \"quotes\".mp4", "a/two\nlines.mp4");
        File.WriteAllText(_folder.File("videos", "broken.mp4"), "no video");
        File.WriteAllText(_folder.File("videos", "notes.txt"), "no video, and not called one");

        ScoreSummary summary = await RunAsync();

        List<List<string>> rows = Rows();
        Assert.Equal(["a/two\nlines.mp4", "a/with \"quotes\".mp4", "a/with, comma.mp4", "b.mp4", "broken.mp4"], rows.Select(row => row[0]));
        Assert.All(rows.Take(4), row => Assert.Contains(row[1], TinyModel.Labels));
        Assert.All(rows.Take(4), row => Assert.Equal(("12", "1", ""), (row[^2], row[^3], row[^1])));
        Assert.Equal("", rows[4][1]);
        Assert.StartsWith("broken.mp4", rows[4][^1], StringComparison.Ordinal);
        Assert.Equal((5, 1, 0), (summary.Videos, summary.Failed, summary.Resumed));
        Assert.Equal(["scores.csv", "scores.csv.failed.csv", "scores.csv.report.json"], Directory.EnumerateFiles(_folder.File("out")).Select(Path.GetFileName).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task The_same_videos_give_the_same_bytes_whatever_the_workers()
    {
        MakeVideos("a.mp4", "b.mp4", "c.mp4", "d.mp4");
        await RunAsync(options => options with { Workers = 1 });
        byte[] one = File.ReadAllBytes(_out);

        await RunAsync(options => options with { Workers = 4, Overwrite = true });

        Assert.Equal(one, File.ReadAllBytes(_out));
    }

    [Theory]
    [InlineData(".csv")]
    [InlineData(".jsonl")]
    public async Task Killed_anywhere_and_resumed_the_file_equals_an_undisturbed_one(string extension)
    {
        MakeVideos("a.mp4", "b, c.mp4", "c.mp4");
        File.WriteAllText(_folder.File("videos", "bad.mp4"), "no video");
        string path = _folder.File("out", "scores" + extension);
        await RunAsync(options => options with { Out = path });
        byte[] whole = File.ReadAllBytes(path);
        string belonging = JsonNode.Parse(File.ReadAllText(path + ".report.json"))!["identity"]!.ToJsonString();

        for (int length = 0; length <= whole.Length; length += Math.Max(1, whole.Length / 7))
        {
            // What a killed run leaves: some of the bytes under the name of a part.
            File.Delete(path);
            File.WriteAllBytes(path + ".part", whole[..length]);
            File.WriteAllText(path + ".part.json", belonging);
            await RunAsync(options => options with { Out = path, Resume = true });
            Assert.Equal(whole, File.ReadAllBytes(path));
        }
    }

    [Fact]
    public async Task Cancelled_the_rows_are_kept_and_taken_up()
    {
        MakeVideos("a.mp4", "b.mp4", "c.mp4");
        using CancellationTokenSource stop = new();
        InlineProgress progress = new(at =>
        {
            if (at.Done == 2)
                stop.Cancel();
        });
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => RunAsync(progress: progress, ct: stop.Token));
        Assert.False(File.Exists(_out));

        UsageException refused = await Assert.ThrowsAsync<UsageException>(() => RunAsync());
        ScoreSummary summary = await RunAsync(options => options with { Resume = true });

        Assert.Contains("--resume", refused.Message, StringComparison.Ordinal);
        Assert.Equal(2, summary.Resumed);
        Assert.Equal(["a.mp4", "b.mp4", "c.mp4"], Rows().Select(row => row[0]));
    }

    [Theory]
    [InlineData("model", "belong to")]
    [InlineData("videos", "they changed")]
    [InlineData("columns", "its header is")]
    public async Task Rows_of_other_work_are_not_taken_up(string change, string expected)
    {
        MakeVideos("b.mp4", "c.mp4");
        await StopAfterAsync(1);
        if (change == "model")
            TinyModel.Write(_folder.File("model"), seed: 8);
        if (change == "videos")
            MakeVideos("a.mp4");

        UsageException refused = await Assert.ThrowsAsync<UsageException>(() => RunAsync(options => options with { Resume = true, TopK = change == "columns" ? 2 : 5 }));
        Assert.Contains(expected, refused.Message, StringComparison.Ordinal);

        await RunAsync(options => options with { Overwrite = true });
        Assert.Equal(change == "videos" ? 3 : 2, Rows().Count);
    }

    [Fact]
    public async Task More_failures_than_allowed_stop_the_work_and_keep_the_rows()
    {
        MakeVideos("c.mp4");
        File.WriteAllText(_folder.File("videos", "a.mp4"), "no video");
        File.WriteAllText(_folder.File("videos", "b.mp4"), "no video");

        TooManyBadItemsException refused = await Assert.ThrowsAsync<TooManyBadItemsException>(() => RunAsync(options => options with { MaxFailures = 1 }));
        Assert.Contains("at most 1 may fail", refused.Message, StringComparison.Ordinal);
        Assert.False(File.Exists(_out));

        ScoreSummary summary = await RunAsync(options => options with { MaxFailures = 2, Resume = true });
        Assert.Equal((3, 2, 2), (summary.Videos, summary.Failed, summary.Resumed));
    }

    [Fact]
    public async Task A_list_names_its_videos_in_its_own_order()
    {
        MakeVideos("a.mp4", "b.mp4");
        File.WriteAllText(_folder.File("list.txt"), "# some\nvideos/b.mp4\n\nvideos/a.mp4\nvideos/absent.mp4\n");

        await RunAsync(options => options with { Videos = _folder.File("list.txt") });

        Assert.Equal(["videos/b.mp4", "videos/a.mp4", "videos/absent.mp4"], Rows().Select(row => row[0]));
        Assert.Contains("no such file", Rows()[2][^1], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Json_lines_carry_the_same_figures()
    {
        MakeVideos("a.mp4");
        string path = _folder.File("scores.jsonl");

        await RunAsync(options => options with { Out = path, TopK = 2 });

        JsonNode row = JsonNode.Parse(Assert.Single(File.ReadAllLines(path)))!;
        Assert.Equal(("a.mp4", 12), ((string)row["file"]!, (int)row["frames"]!));
        Assert.Equal(2, row["predictions"]!.AsArray().Count);
        Assert.Equal((decimal)row["probability"]!, (decimal)row["predictions"]![0]!["probability"]!);
    }

    [Theory]
    [InlineData("absent", "out/x.csv", "no folder, list or artifact")]
    [InlineData("empty", "out/x.csv", "holds no videos")]
    [InlineData("videos", "out/x.txt", "neither .csv nor .jsonl")]
    [InlineData("videos", "folder.csv", "is a folder")]
    [InlineData("videos", "file/x.csv", "cannot be written")]
    [InlineData("twice.txt", "out/x.csv", "twice, in lines 1 and 2")]
    [InlineData("clips/absent:latest", "out/x.csv", "no store was named")]
    [InlineData("videos/a.mp4", "out/x.csv", "is a video")]
    public async Task Wrong_usage_is_named(string videos, string output, string expected)
    {
        MakeVideos("a.mp4");
        Directory.CreateDirectory(_folder.File("empty"));
        Directory.CreateDirectory(_folder.File("folder.csv"));
        File.WriteAllText(_folder.File("file"), "");
        File.WriteAllText(_folder.File("twice.txt"), "a.mp4\na.mp4\n");

        UsageException problem = await Assert.ThrowsAsync<UsageException>(() => RunAsync(options => options with { Videos = videos.StartsWith("clips/", StringComparison.Ordinal) ? videos : _folder.File(videos), Out = _folder.File(output) }));
        Assert.Contains(expected, problem.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Progress_tells_rate_time_to_go_and_failures()
    {
        MakeVideos("a.mp4", "b.mp4");
        List<StageProgress> told = [];

        await RunAsync(progress: new InlineProgress(told.Add));

        Assert.Equal([(1L, 2L), (2L, 2L)], told.Select(at => (at.Done, at.Total)));
        Assert.All(told, at => Assert.Matches(@"^[\d.]+ videos/s, \d\d:\d\d:\d\d to go, 0 failed$", at.Detail!));
    }

    [Fact]
    public async Task A_profile_is_written_where_it_is_asked_for()
    {
        MakeVideos("a.mp4");
        ScoreOptions options = new() { Model = _folder.File("model"), Videos = _folder.File("videos"), Out = _out, Workers = 1 };

        await FolderScorer.Create(new ScoreSettings { ProfileTo = _folder.File("times") }).RunAsync(options, new InlineProgress(_ => { }), CancellationToken.None);

        string profile = Assert.Single(Directory.GetFiles(_folder.Path, "times*.json"));
        Assert.Contains("CPUExecutionProvider", File.ReadAllText(profile), StringComparison.Ordinal);
    }

    private void MakeVideos(params string[] names)
    {
        for (int index = 0; index < names.Length; index++)
            TestVideos.Write(_folder.File("videos", names[index]), frames: 12, seed: index);
    }

    private Task<ScoreSummary> RunAsync(Func<ScoreOptions, ScoreOptions>? change = null, IProgress<StageProgress>? progress = null, CancellationToken ct = default)
    {
        ScoreOptions options = new() { Model = _folder.File("model"), Videos = _folder.File("videos"), Out = _out, Workers = 2 };
        return FolderScorer.Create(new ScoreSettings { Notice = _notices.Add }).RunAsync(change?.Invoke(options) ?? options, progress ?? new InlineProgress(_ => { }), ct);
    }

    private async Task StopAfterAsync(int rows)
    {
        using CancellationTokenSource stop = new();
        InlineProgress progress = new(at =>
        {
            if (at.Done == rows)
                stop.Cancel();
        });
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => RunAsync(progress: progress, ct: stop.Token));
    }

    private List<List<string>> Rows() => [.. ScoreRows.Read(_out).Skip(1)];

    private sealed class InlineProgress(Action<StageProgress> report) : IProgress<StageProgress>
    {
        public void Report(StageProgress value) => report(value);
    }
}
