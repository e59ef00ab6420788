using Unreel.Finetune;
using Unreel.Testing;

namespace Unreel.Stages.Tests;

/// <summary>Figures of two folds and two seeds, worked by hand: 100 and 50 % with one seed, 50 and 0 % with the other.</summary>
public sealed class TrialSummaryTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly TrialSummary _summary = new(["run", "walk"], [Trial(1, 0, 0, 1), Trial(2, 0, 0, 0), Trial(1, 7, 1, 1), Trial(2, 7, 1, 0)]);

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Means_and_spreads()
    {
        Assert.Equal(0.5, _summary.Top1);
        Assert.Equal(Math.Sqrt(0.125), _summary.SpreadOverFolds!.Value, 12);
        Assert.Equal(Math.Sqrt(0.125), _summary.SpreadOverSeeds!.Value, 12);
        Assert.Equal(4, _summary.Videos);
    }

    [Fact]
    public void One_training_has_no_spread()
    {
        var summary = new TrialSummary(["run", "walk"], [Trial(1, 0, 0, 1)]);

        Assert.Null(summary.SpreadOverFolds);
        Assert.Null(summary.SpreadOverSeeds);
        Assert.Equal("top-1 100.0 % on 2 held-out clips of 2 labels", new TrialReport(summary, "It.", null).Headline());
    }

    [Fact]
    public void Classes_and_confusion_count_every_test()
    {
        Assert.Equal([2, 2, 2, 2], _summary.Confusion.Cast<int>());
        Assert.Equal([0.5, 0.5], _summary.Classes.Select(figures => figures.Accuracy!.Value));
    }

    [Fact]
    public void The_report_says_it_to_people_and_programs()
    {
        new TrialReport(_summary, "Published.", "A note.").Write(_folder.Path);

        string text = File.ReadAllText(_folder.File("report.md"));
        Assert.Contains("top-1 50.0 % (± 35.4 over 2 seeds, ± 35.4 over 2 folds) on 4 held-out clips of 2 labels.", text, StringComparison.Ordinal);
        Assert.Contains("| fold | held out | videos | seed 0 | seed 7 | mean |", text, StringComparison.Ordinal);
        Assert.Contains("| 1    | ann|bob", text.Replace("\\|", "|", StringComparison.Ordinal), StringComparison.Ordinal);
        Assert.Contains("| mean |          | 4      | 75.0   | 25.0   | 50.0 |", text, StringComparison.Ordinal);
        Assert.Contains("Published.\nA note.\n", text, StringComparison.Ordinal);
        Assert.Equal(
            ["fold,held_out,seed,videos,right,top1", "1,ann|bob,0,2,2,1", "2,ann|bob,0,2,1,0.5", "1,ann|bob,7,2,1,0.5", "2,ann|bob,7,2,0,0"],
            File.ReadAllLines(_folder.File("accuracies.csv")));
        Assert.Equal("1,0,\"run/a,1.avi\",run,run", File.ReadAllLines(_folder.File("predictions.csv"))[1]);
        Assert.Contains("\"top1\": 0.5", File.ReadAllText(_folder.File("report.json")), StringComparison.Ordinal);
    }

    // Two videos, one of each label; what is said of them is given.
    private static TrialRecord Trial(int fold, ulong seed, int first, int second) => new()
    {
        Recipe = "r",
        Seed = seed,
        Fold = fold,
        HeldOut = ["ann|bob"],
        Loss = 1,
        Steps = 3,
        Device = "cpu",
        Predictions = [new Prediction("run/a,1.avi", 0, first), new Prediction("walk/b.avi", 1, second)],
    };
}
