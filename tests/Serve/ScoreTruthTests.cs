using System.Text.Json.Nodes;
using Unreel.Pipelines;
using Unreel.Serve.Scoring;
using Unreel.Testing;
using Unreel.Testing.Models;

namespace Unreel.Serve.Tests;

public sealed class ScoreTruthTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly List<string> _notices = [];

    public ScoreTruthTests() => TinyModel.Write(_folder.File("model"));

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Class_folders_are_compared_with_and_summed_up()
    {
        Make("walk/a.mp4", "walk/b.mp4", "run/c.mp4");
        File.WriteAllText(_folder.File("videos", "run", "bad.mp4"), "no video");

        ScoreSummary summary = await RunAsync();

        List<List<string>> rows = ScoreRows.Read(_folder.File("scores.csv"));
        Assert.Equal(["truth", "correct"], rows[0][^2..]);
        Assert.Equal(["run", "run", "walk", "walk"], rows.Skip(1).Select(row => row[^2]));
        Assert.Equal("", rows[1][^1]);
        Assert.All(rows.Skip(2), row => Assert.Equal(row[1] == row[^2] ? "true" : "false", row[^1]));
        int right = rows.Count(row => row[^1] == "true");
        JsonObject accuracy = summary.Accuracy!;
        Assert.Equal((3, right), ((int)accuracy["measured"]!, (int)accuracy["correct"]!));
        Assert.Equal(Math.Round(right / 3.0, 6), (double)accuracy["top1"]!);
        Assert.Equal(3, accuracy["confusion"]!.AsArray().SelectMany(row => row!.AsArray()).Sum(count => (int)count!));
        Assert.Contains("confusion", summary.AccuracyText, StringComparison.Ordinal);
        Assert.Contains(_notices, notice => notice.StartsWith("true labels are folders, for 4 of 4 videos", StringComparison.Ordinal));
        Assert.Contains("<svg", File.ReadAllText(_folder.File("scores.csv.confusion.svg")), StringComparison.Ordinal);
        Assert.Equal(accuracy.ToJsonString(), JsonNode.Parse(File.ReadAllText(_folder.File("scores.csv.report.json")))!["accuracy"]!.ToJsonString());
    }

    [Fact]
    public async Task A_lists_labels_are_compared_with_and_unknown_ones_named()
    {
        Make("a.mp4", "b.mp4", "c.mp4");
        File.WriteAllText(_folder.File("list.csv"), "file,label\nvideos/a.mp4,walk\nvideos/b.mp4,fly\nvideos/c.mp4,\n");

        ScoreSummary summary = await RunAsync(options => options with { Videos = _folder.File("list.csv") });

        List<List<string>> rows = ScoreRows.Read(_folder.File("scores.csv"));
        Assert.Equal(["walk", "fly", ""], rows.Skip(1).Select(row => row[^2]));
        Assert.Equal(["", ""], rows.Skip(2).Select(row => row[^1]));
        Assert.Equal(1, (int)summary.Accuracy!["measured"]!);
        Assert.Equal(1, (int)summary.Accuracy["unknown_labels"]!["fly"]!);
        Assert.Contains(_notices, notice => notice.Contains("does not know fly", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Folders_that_are_no_labels_are_not_taken_for_them_unasked()
    {
        Make("walk/a.mp4", "cam1/b.mp4");

        ScoreSummary unasked = await RunAsync();
        ScoreSummary asked = await RunAsync(options => options with { Truth = TruthChoice.Folders, Overwrite = true });

        Assert.Null(unasked.Accuracy);
        Assert.Contains("1 of 2 folders are labels of the model, and not cam1; --truth folders measures on those that are", _notices);
        Assert.Equal(1, (int)asked.Accuracy!["measured"]!);
    }

    [Theory]
    [InlineData(TruthChoice.Folders, "No video lies in a folder")]
    [InlineData(TruthChoice.List, "The videos have no labels")]
    public async Task Labels_that_are_asked_for_must_be_there(TruthChoice choice, string expected)
    {
        Make("a.mp4");
        UsageException problem = await Assert.ThrowsAsync<UsageException>(() => RunAsync(options => options with { Truth = choice }));
        Assert.Contains(expected, problem.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Five_best_need_five_labels_a_row()
    {
        string[] labels = ["a", "b", "c", "d", "e", "f"];
        ScoreTally enough = new(labels, 5), few = new(labels, 2);
        foreach (ScoreTally tally in new[] { enough, few })
        {
            tally.Add(Row("a", "a", "b", "c", "d", "e"));
            tally.Add(Row("e", "a", "b", "c", "d", "e"));
            tally.Add(Row("f", "a", "b", "c", "d", "e"));
            tally.Add(Row("f"));
        }

        Assert.Equal((3, 1.0 / 3, 2.0 / 3), (enough.Measured, enough.Top1!.Value, enough.Top5!.Value));
        Assert.Equal(1.0 / 3, enough.MeanPerClass!.Value, 9);
        Assert.Null(few.Top5);
        Assert.Equal(1, enough.Confusion[4, 0]);
    }

    private static FinishedRow Row(string truth, params string[] labels) => new("x", labels, truth, labels.Length == 0 ? "bad" : null) { Bytes = default, End = 0 };

    private void Make(params string[] names)
    {
        for (int index = 0; index < names.Length; index++)
            TestVideos.Write(_folder.File(["videos", .. names[index].Split('/')]), seed: index);
    }

    private Task<ScoreSummary> RunAsync(Func<ScoreOptions, ScoreOptions>? change = null)
    {
        ScoreOptions options = new() { Model = _folder.File("model"), Videos = _folder.File("videos"), Out = _folder.File("scores.csv") };
        return FolderScorer.Create(new ScoreSettings { Notice = _notices.Add }).RunAsync(change?.Invoke(options) ?? options, new Progress<StageProgress>(), CancellationToken.None);
    }
}
