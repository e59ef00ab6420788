using System.Text.Json.Nodes;
using Unreel.Artifacts;

namespace Unreel.Pipelines.Tests;

public sealed class RunControlTests
{
    private const string Chain = """
        name: tiny
        stages:
          draw: { options: { count: 2 } }
          other: { stage: draw, options: { seed: 7 } }
          learn: { options: { clips: "${draw}" } }
          compare: { options: { models: ["${learn}"] } }
        """;

    [Theory]
    [InlineData("draw", "draw")]
    [InlineData("learn", "learn")]
    public async Task Force_runs_a_stage_again_and_finds_the_same(string force, string ran)
    {
        await using Workshop shop = new(Chain);
        RunReport first = await shop.RunAsync();
        shop.Script.Ran.Clear();

        RunReport second = await shop.RunAsync(new RunSettings { Force = [force] });

        Assert.Equal([ran], shop.Script.Ran);
        Assert.Equal(first.Stages.Select(o => o.Artifact), second.Stages.Select(o => o.Artifact));
    }

    [Fact]
    public async Task Force_without_a_name_runs_all()
    {
        await using Workshop shop = new(Chain);
        await shop.RunAsync();

        await shop.RunAsync(new RunSettings { ForceAll = true });

        Assert.Equal(8, shop.Script.Ran.Count);
    }

    [Theory]
    [InlineData("learn.clips=CLIPS", "draw first", "learn.clips")]
    [InlineData("compare.models=[CLIPS]", "draw first learn", "compare.models")]
    public async Task What_nothing_uses_after_an_override_is_left_out_and_ends_of_the_pipeline_run(string set, string left, string named)
    {
        await using Workshop shop = new("""
            name: tiny
            stages:
              first: { stage: draw }
              draw: { needs: [first], options: { count: 2 } }
              other: { stage: draw, options: { seed: 7 } }
              learn: { options: { clips: "${draw}" } }
              compare: { options: { models: ["${learn}"], labels: ["${learn.epochs}"] } }
            """);
        Directory.CreateDirectory(shop.File("clips"));
        await File.WriteAllTextAsync(shop.File("clips", "a"), "1");

        RunReport report = await shop.RunAsync(sets: [set.Replace("CLIPS", shop.File("clips"), StringComparison.Ordinal), "learn.epochs=4"]);

        Assert.Equal(0, report.ExitCode);
        RunOutcome[] skipped = [.. report.Stages.Where(outcome => outcome.State == StageState.Skipped)];
        Assert.Equal(left, string.Join(' ', skipped.Select(outcome => outcome.Stage.Id).Order(StringComparer.Ordinal)));
        Assert.All(skipped, outcome => Assert.Equal($"nothing uses it after --set {named}", outcome.Reason));
        Assert.All(report.Stages.Except(skipped), outcome => Assert.Equal(StageState.Done, outcome.State));
    }

    [Fact]
    public async Task What_nothing_uses_any_more_runs_where_it_is_named()
    {
        await using Workshop shop = new(Chain);
        Directory.CreateDirectory(shop.File("clips"));
        await File.WriteAllTextAsync(shop.File("clips", "a"), "1");

        RunReport report = await shop.RunAsync(new RunSettings { Force = ["draw"] }, sets: $"learn.clips={shop.File("clips")}");

        Assert.All(report.Stages, outcome => Assert.Equal(StageState.Done, outcome.State));
    }

    [Fact]
    public async Task From_runs_a_stage_and_what_depends_on_it()
    {
        await using Workshop shop = new(Chain);
        await shop.RunAsync();
        shop.Script.Ran.Clear();

        await shop.RunAsync(new RunSettings { From = "learn" });

        Assert.Equal(["learn", "compare"], shop.Script.Ran);
    }

    [Fact]
    public async Task Only_runs_what_is_named_and_needs_the_rest_finished()
    {
        await using Workshop shop = new(Chain);

        RunReport early = await shop.RunAsync(new RunSettings { Only = ["learn"] });
        await shop.RunAsync();
        shop.Script.Ran.Clear();
        RunReport late = await shop.RunAsync(new RunSettings { Only = ["learn"] }, sets: "learn.epochs=9");

        Assert.Equal(ExitCodes.Usage, early.ExitCode);
        Assert.Contains("draw is needed and not up to date", early.Stages[0].Reason, StringComparison.Ordinal);
        Assert.Equal(["learn"], shop.Script.Ran);
        Assert.Equal([StageState.UpToDate, StageState.Skipped, StageState.Done, StageState.Skipped], late.Stages.Select(o => o.State));
    }

    [Fact]
    public async Task A_dry_run_says_what_would_run_and_why_and_touches_nothing()
    {
        await using Workshop shop = new(Chain);
        RunReport before = await shop.RunAsync(new RunSettings { DryRun = true });
        Assert.Empty(shop.Script.Ran);
        Assert.False(File.Exists(shop.File("tiny.lock.json")));

        await shop.RunAsync();
        RunReport after = await shop.RunAsync(new RunSettings { DryRun = true });
        RunReport options = await shop.RunAsync(new RunSettings { DryRun = true }, sets: "learn.epochs=9");
        RunReport forced = await shop.RunAsync(new RunSettings { DryRun = true, Force = ["learn"] });

        Assert.Equal(
            ["not run before with these options and inputs", "not run before with these options and inputs", "draw would run first", "learn would run first"],
            before.Stages.Select(o => o.Reason));
        Assert.All(after.Stages, o => Assert.Equal(StageState.UpToDate, o.State));
        Assert.Equal((StageState.WouldRun, "changed since the last run: epochs 3 → 9"), (options.Stages[2].State, options.Stages[2].Reason));
        Assert.Equal((StageState.WouldRun, "asked to run again"), (forced.Stages[2].State, forced.Stages[2].Reason));
        Assert.Equal(StageState.WouldRun, forced.Stages[3].State);
        Assert.Equal(4, shop.Script.Ran.Count);
    }

    [Theory]
    [InlineData("--force")]
    [InlineData("--from")]
    [InlineData("--only")]
    public async Task An_unknown_stage_is_a_usage_error(string option)
    {
        await using Workshop shop = new(Chain);
        RunSettings settings = option switch
        {
            "--force" => new() { Force = ["lern"] },
            "--from" => new() { From = "lern" },
            _ => new() { Only = ["lern"] },
        };

        UsageException e = await Assert.ThrowsAsync<UsageException>(() => shop.RunAsync(settings));

        Assert.StartsWith($"{option}: there is no stage 'lern'; did you mean 'learn'?", e.Message, StringComparison.Ordinal);
    }

    public static TheoryData<Exception, int, StageState> Failures { get; } = new()
    {
        { new InvalidOperationException("boom"), ExitCodes.Failed, StageState.Failed },
        { new IOException("No space left on device"), ExitCodes.Failed, StageState.Failed },
        { new OperationCanceledException("a call took too long"), ExitCodes.Failed, StageState.Failed },
        { new UsageException("a class with one clip"), ExitCodes.Usage, StageState.Failed },
        { new GateRefusedException("logits differ by 2.66"), ExitCodes.GateRefused, StageState.Refused },
        { new TooManyBadItemsException("9 of 10 unreadable"), ExitCodes.TooManyBadItems, StageState.Failed },
    };

    [Theory]
    [MemberData(nameof(Failures))]
    public async Task A_failure_stops_the_run_publishes_nothing_and_has_its_exit_code(Exception failure, int exitCode, StageState state)
    {
        await using Workshop shop = new(Chain);
        shop.Script.Step = (stage, _, _, _) => stage == "learn" ? Task.FromException(failure) : Task.CompletedTask;

        RunReport report = await shop.RunAsync();

        Assert.Equal(exitCode, report.ExitCode);
        Assert.Equal([StageState.Done, StageState.Done, state, StageState.Skipped], report.Stages.Select(o => o.State));
        Assert.Equal(failure.Message, report.Stages[2].Reason);
        Assert.Null(await shop.Store.FindAsync(ArtifactReference.Parse("weights/tiny-learn"), default));
        Assert.DoesNotContain("compare", shop.Script.Ran);
    }

    [Fact]
    public async Task A_mistake_of_ours_is_shown_with_its_stack_and_a_known_failure_without()
    {
        foreach ((Exception failure, bool isOurs) in new (Exception, bool)[] { (new InvalidOperationException("boom"), true), (new IOException("full"), false) })
        {
            await using Workshop shop = new(Chain);
            shop.Script.Step = (_, _, _, _) => throw failure;

            RunReport report = await shop.RunAsync();

            Assert.Equal(ExitCodes.Failed, report.ExitCode);
            Assert.Equal(isOurs, shop.Reporter.Lines.Any(line =>
                line.StartsWith("Error draw: internal error: ", StringComparison.Ordinal) && line.Contains("   at Unreel.", StringComparison.Ordinal)));
        }
    }

    [Fact]
    public async Task A_missing_input_is_a_usage_error()
    {
        await using Workshop shop = new("name: tiny\nstages:\n  learn: {options: {clips: 'clips/nothing:v1'}}\n");

        RunReport report = await shop.RunAsync();

        Assert.Equal(ExitCodes.Usage, report.ExitCode);
        Assert.StartsWith("learn.clips: there is no artifact clips/nothing:v1 in ", report.Stages[0].Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Cancelling_ends_with_130_and_the_next_run_goes_on()
    {
        await using Workshop shop = new(Chain);
        using CancellationTokenSource cancel = new();
        List<int> steps = [];
        shop.Script.Step = (stage, _, step, ct) =>
        {
            if (stage != "learn")
                return Task.CompletedTask;
            steps.Add(step);
            return step == 1 && steps.Count == 2 ? cancel.CancelAsync().ContinueWith(_ => ct.ThrowIfCancellationRequested(), TaskScheduler.Default) : Task.CompletedTask;
        };

        RunReport cancelled = await shop.RunAsync(ct: cancel.Token);
        RunReport second = await shop.RunAsync();

        Assert.Equal(ExitCodes.Cancelled, cancelled.ExitCode);
        Assert.Equal([StageState.Done, StageState.Done, StageState.Cancelled, StageState.Skipped], cancelled.Stages.Select(o => o.State));
        Assert.Equal(0, second.ExitCode);
        Assert.Equal([0, 1, 1, 2], steps);
    }

    [Fact]
    public async Task A_run_that_died_is_taken_up_and_ends_with_the_same_digests()
    {
        await using Workshop undisturbed = new(Chain);
        RunReport expected = await undisturbed.RunAsync();
        await using Workshop shop = new(Chain);
        string? folder = null;
        bool died = false;
        shop.Script.Step = (stage, context, step, _) =>
        {
            if (stage != "learn")
                return Task.CompletedTask;
            Assert.Equal(folder ??= context.WorkFolder, context.WorkFolder);
            if (step != 2 || died)
                return Task.CompletedTask;
            died = true;
            throw new InvalidOperationException("the process died");
        };

        RunReport first = await shop.RunAsync();
        Assert.Equal(ExitCodes.Failed, first.ExitCode);
        Assert.True(File.Exists(Path.Combine(folder!, "checkpoint")));
        RunReport second = await shop.RunAsync();

        Assert.Equal(expected.Stages.Select(o => o.Artifact), second.Stages.Select(o => o.Artifact));
        Assert.False(Directory.Exists(folder));
    }

    [Fact]
    public async Task A_run_that_died_before_its_tag_moved_moves_it_the_next_time()
    {
        await using Workshop shop = new(Chain);
        IArtifactStore whole = shop.Store;
        shop.Store = new FailingStore(whole);

        RunReport first = await shop.RunAsync();
        shop.Store = whole;
        RunReport second = await shop.RunAsync();

        Assert.Equal(ExitCodes.Failed, first.ExitCode);
        Assert.Equal(StageState.UpToDate, second.Stages[0].State);
        Assert.Equal(second.Stages[0].Artifact, await whole.FindAsync(ArtifactReference.Parse("clips/tiny-draw:latest"), default));
    }

    [Fact]
    public async Task The_lock_file_says_what_was_made_of_what_and_stays_the_same()
    {
        await using Workshop shop = new();
        RunReport report = await shop.RunAsync();
        string path = shop.File("tiny.lock.json");
        string first = await File.ReadAllTextAsync(path);

        await shop.RunAsync();
        await shop.RunAsync(new RunSettings { ForceAll = true });

        Assert.Equal(first, await File.ReadAllTextAsync(path));
        JsonNode learn = JsonNode.Parse(first)!["stages"]!["learn"]!;
        Assert.Equal(report.Stages[1].Artifact.ToString(), (string?)learn["output"]);
        Assert.Equal(report.Stages[0].Artifact.ToString(), (string?)learn["inputs"]!["clips"]);
        Assert.Equal(report.Stages[1].Key.ToString(), (string?)learn["key"]);
        Assert.EndsWith("}\n", first, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_lock_file_that_cannot_be_written_or_read_is_a_warning()
    {
        await using Workshop shop = new();
        Directory.CreateDirectory(shop.File("tiny.lock.json"));

        RunReport report = await shop.RunAsync();

        Assert.Equal(0, report.ExitCode);
        Assert.Contains(shop.Reporter.Lines, line => line.StartsWith("Warning", StringComparison.Ordinal) && line.Contains("lock file", StringComparison.Ordinal));
    }

    [Fact]
    public async Task No_lock_file_is_written_where_none_is_wanted()
    {
        await using Workshop shop = new();

        await shop.RunAsync(new RunSettings { WriteLockFile = false });

        Assert.False(File.Exists(shop.File("tiny.lock.json")));
    }
}
