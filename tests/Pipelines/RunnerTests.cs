using Unreel.Artifacts;

namespace Unreel.Pipelines.Tests;

public sealed class RunnerTests
{
    [Fact]
    public async Task Runs_each_stage_once_and_then_finds_them_up_to_date()
    {
        await using Workshop shop = new();

        RunReport first = await shop.RunAsync();
        RunReport second = await shop.RunAsync();

        Assert.Equal(0, first.ExitCode);
        Assert.All(first.Stages, outcome => Assert.Equal(StageState.Done, outcome.State));
        Assert.Equal(["draw", "learn"], shop.Script.Ran);
        Assert.All(second.Stages, outcome => Assert.Equal(StageState.UpToDate, outcome.State));
        Assert.Equal(first.Stages.Select(o => o.Artifact), second.Stages.Select(o => o.Artifact));
        Assert.Equal(first.Stages.Select(o => o.Summary), second.Stages.Select(o => o.Summary));
    }

    [Fact]
    public async Task Publishes_lineage_tag_and_run_record_and_leaves_no_work_behind()
    {
        await using Workshop shop = new();

        RunReport report = await shop.RunAsync();

        ArtifactRef weights = report.Stages[1].Artifact!.Value;
        Artifact artifact = await shop.Store.ReadAsync(weights, default);
        Assert.Equal(weights, await shop.Store.FindAsync(ArtifactReference.Parse("weights/tiny-learn:latest"), default));
        Assert.Equal(("learn", 2), (artifact.Lineage.Stage, artifact.Lineage.StageVersion));
        Assert.Equal(report.Stages[1].Key, artifact.Lineage.Key);
        Assert.Equal(report.Stages[0].Artifact.ToString(), artifact.Lineage.Inputs.Single().Reference);
        Assert.Equal(report.Stages[0].Artifact.ToString(), (string?)artifact.Lineage.Options["clips"]);
        RunRecord run = Assert.Single(await shop.Store.RunsAsync(weights, default));
        Assert.Equal(3, run.Figures["steps_per_second"]);
        Assert.Empty(Directory.EnumerateFileSystemEntries(shop.File(".unreel", "work")));
    }

    [Fact]
    public async Task Runs_again_what_changed_and_what_depends_on_it()
    {
        await using Workshop shop = new();
        await shop.RunAsync();
        shop.Script.Ran.Clear();

        await shop.RunAsync(sets: "learn.epochs=5");
        Assert.Equal(["learn"], shop.Script.Ran);

        await shop.RunAsync(sets: "draw.seed=9");
        Assert.Equal(["learn", "draw", "learn"], shop.Script.Ran);
    }

    [Fact]
    public async Task Options_that_only_say_how_do_not_run_a_stage_again()
    {
        await using Workshop shop = new();
        await shop.RunAsync();

        RunReport report = await shop.RunAsync(sets: "draw.workers=7");

        Assert.Equal(StageState.UpToDate, report.Stages[0].State);
    }

    [Fact]
    public async Task Going_back_to_earlier_options_moves_the_tag_back()
    {
        await using Workshop shop = new();
        RunReport first = await shop.RunAsync();
        await shop.RunAsync(sets: "draw.seed=9");

        await shop.RunAsync();

        Assert.Equal(first.Stages[0].Artifact, await shop.Store.FindAsync(ArtifactReference.Parse("clips/tiny-draw:latest"), default));
    }
}
