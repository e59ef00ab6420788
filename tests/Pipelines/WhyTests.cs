using System.Text.Json.Nodes;
using Unreel.Artifacts;

namespace Unreel.Pipelines.Tests;

/// <summary>What a dry run says of the difference to the last time.</summary>
public sealed class WhyTests
{
    private static readonly RunSettings Dry = new() { DryRun = true };

    [Fact]
    public async Task Names_options_that_changed_from_what_to_what()
    {
        await using Workshop shop = new();
        await shop.RunAsync();

        RunReport report = await shop.RunAsync(Dry, sets: ["learn.epochs=5", "learn.split.share=0.1", "learn.split.holdout=a", "learn.widths=[1]"]);
        RunOutcome learn = report.Stages[1];

        Assert.Equal(StageState.WouldRun, learn.State);
        Assert.Equal(["epochs 3 → 5", "split.holdout not set → a", "split.share 0.5 → 0.1", "widths [8,16] → [1]"], learn.Differences.Select(d => d.ToString()));
        Assert.Equal("changed since the last run: epochs 3 → 5, split.holdout not set → a, split.share 0.5 → 0.1 and 1 more", learn.Reason);
        Assert.Equal("weights/tiny-learn", learn.Last.ToString()![..18]);
    }

    [Fact]
    public async Task Names_an_input_that_moved_with_both_digests()
    {
        await using Workshop shop = new();
        RunReport first = await shop.RunAsync();
        await shop.RunAsync(new RunSettings { Only = ["draw"] }, sets: "draw.seed=9");

        RunReport report = await shop.RunAsync(Dry, sets: "draw.seed=9");

        StageDifference moved = Assert.Single(report.Stages[1].Differences);
        Assert.Equal((DifferenceKind.Input, "clips", first.Stages[0].Artifact.ToString(), report.Stages[0].Artifact.ToString()), (moved.Kind, moved.Name, moved.Before, moved.Now));
    }

    [Fact]
    public async Task Of_a_stage_that_waits_for_another_what_changed_in_itself_is_told()
    {
        await using Workshop shop = new();
        await shop.RunAsync();

        RunReport report = await shop.RunAsync(Dry, sets: ["draw.seed=9", "learn.epochs=4"]);

        Assert.Equal(["seed 1 → 9"], report.Stages[0].Differences.Select(d => d.ToString()));
        Assert.Equal("draw would run first", report.Stages[1].Reason);
        Assert.Equal(["epochs 3 → 4"], report.Stages[1].Differences.Select(d => d.ToString()));
    }

    [Fact]
    public async Task A_tag_that_leads_to_nothing_whole_is_nothing_to_compare_with()
    {
        await using Workshop shop = new();
        RunReport first = await shop.RunAsync();
        string blob = shop.Store.LocalFile(first.Stages[0].Artifact!.Value.Digest)!;
        File.Delete(blob);
        await File.WriteAllTextAsync(blob, "{}");

        RunReport report = await shop.RunAsync(Dry, sets: "draw.seed=9");

        Assert.Equal((StageState.WouldRun, 0), (report.Stages[0].State, report.Stages[0].Differences.Count));
    }

    [Fact]
    public async Task Behind_something_damaged_stages_only_may_run_unless_something_of_their_own_changed()
    {
        await using Workshop shop = new("name: tiny\nstages:\n  draw: {options: {count: 2}}\n  learn: {options: {clips: '${draw}'}}\n  again: {stage: learn, options: {clips: '${draw}', epochs: 2}}\n");
        RunReport made = await shop.RunAsync();
        File.Delete(shop.Store.LocalFile((await shop.Store.ReadAsync(made.Stages[0].Artifact!.Value, default)).Manifest.Layers[0].Digest)!);

        RunReport report = await shop.RunAsync(Dry, sets: "again.epochs=4");

        Assert.Equal(["would run", "may run", "would run"], report.Stages.Select(RunText.StateOf));
        Assert.Contains("is damaged", report.Stages[0].Reason, StringComparison.Ordinal);
        Assert.DoesNotContain(shop.Reporter.Lines, line => line.StartsWith("Warning", StringComparison.Ordinal));
        Assert.Equal("draw would be made anew first; if it comes out as it was, nothing follows", report.Stages[1].Reason);
    }

    [Fact]
    public async Task A_run_tells_once_what_is_damaged()
    {
        await using Workshop shop = new();
        RunReport made = await shop.RunAsync();
        File.Delete(shop.Store.LocalFile((await shop.Store.ReadAsync(made.Stages[0].Artifact!.Value, default)).Manifest.Layers[0].Digest)!);

        await shop.RunAsync();

        Assert.Single(shop.Reporter.Lines, line => line.Contains("is damaged: ", StringComparison.Ordinal));
        Assert.Contains("started draw: its output is damaged", shop.Reporter.Lines);
    }

    [Fact]
    public async Task A_stage_that_cannot_be_looked_at_keeps_nothing_from_being_told_that_does_not_depend_on_it()
    {
        await using Workshop shop = new("name: tiny\nstages:\n  broken: {stage: learn, options: {clips: 'clips/none:latest'}}\n  draw: {}\n  learn: {options: {clips: '${draw}'}}\n");

        RunReport report = await shop.RunAsync(Dry);

        Assert.Equal([StageState.Failed, StageState.WouldRun, StageState.WouldRun], report.Stages.Select(outcome => outcome.State));
    }

    [Fact]
    public void Compares_stage_version_options_and_inputs()
    {
        Lineage before = new() { Stage = "learn", StageVersion = 1, Options = new JsonObject { ["a"] = 1, ["in"] = new JsonArray("x"), ["gone"] = true } };
        Digest one = Digest.Of([1]), two = Digest.Of([2]);
        Lineage now = before with
        {
            StageVersion = 2,
            Options = new JsonObject { ["a"] = 1, ["in"] = new JsonArray("y"), ["new"] = "text" },
            Inputs = [new LineageInput("in[0]", "folder:clips", two)],
        };

        IReadOnlyList<StageDifference> found = StageDifference.Between(before with { Inputs = [new LineageInput("in[0]", "folder:clips", one)] }, now);

        Assert.Equal(
            ["version 1 → 2", "gone true → not set", "new not set → text", $"in[0] folder:clips@sha256:{one.Hex[..12]} → folder:clips@sha256:{two.Hex[..12]}"],
            found.Select(d => d.ToString()));
        Assert.Empty(StageDifference.Between(now, now));
        Assert.Equal("stage learn → draw", StageDifference.Between(before, before with { Stage = "draw" }).Single().ToString());
    }
}
