namespace Unreel.Pipelines.Tests;

/// <summary>Runs whose stages an engine does; the engine is told here what to do.</summary>
public sealed class EngineTests
{
    [Fact]
    public async Task A_mistake_in_watching_ends_the_run_and_cancels_the_jobs()
    {
        await using Workshop shop = new();
        FakeEngine engine = new() { Look = _ => throw new InvalidOperationException("a mistake of ours") };

        RunReport report = await shop.RunAsync(engine.Settings);

        Assert.Equal((StageState.Failed, StageState.Skipped), (report.Stages[0].State, report.Stages[1].State));
        Assert.Contains("a mistake of ours", report.Stages[0].Reason, StringComparison.Ordinal);
        Assert.Equal(["draw", "learn"], engine.Cancelled);
    }

    [Fact]
    public async Task An_engine_that_cannot_cancel_costs_a_warning_and_not_the_outcome()
    {
        await using Workshop shop = new();
        FakeEngine engine = new()
        {
            Look = job => job.StageId == "draw" ? new JobStatus(JobState.Failed, 3, "FAILED") : new JobStatus(JobState.Waiting),
            Cancel = () => throw new EngineException("no controller"),
        };

        RunReport report = await shop.RunAsync(engine.Settings);

        Assert.Equal(ExitCodes.GateRefused, report.ExitCode);
        Assert.Contains(shop.Reporter.Lines, line => line.StartsWith("Warning", StringComparison.Ordinal) && line.Contains("may go on: learn. no controller", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_result_that_was_there_and_is_gone_is_never_made_here()
    {
        await using Workshop shop = new();
        await shop.RunAsync(new RunSettings { Only = ["draw"] });
        FakeEngine engine = new() { Submitted = () => Directory.Delete(shop.File(".unreel", "records", "keys"), recursive: true) };

        RunReport report = await shop.RunAsync(engine.Settings);

        Assert.Equal(StageState.Failed, report.Stages[0].State);
        Assert.Contains("was up to date, but", report.Stages[0].Reason, StringComparison.Ordinal);
        Assert.Equal(["draw"], shop.Script.Ran);
    }

    private sealed class FakeEngine : IBatchEngine
    {
        public string Name => "fake";

        public Func<EngineJob, JobStatus> Look { get; set; } = _ => new JobStatus(JobState.Done, 0);

        public Action Cancel { get; init; } = () => { };

        public Action Submitted { get; init; } = () => { };

        public List<string> Cancelled { get; } = [];

        public RunSettings Settings => new()
        {
            Engine = new EngineSettings { Engine = this, Shape = new JobShape { Command = ["unreel", "run", "tiny.yaml"] }, Interval = TimeSpan.FromMilliseconds(10) },
        };

        public Task<IReadOnlyList<SubmittedJob>> SubmitAsync(EnginePlan plan, string workRoot, CancellationToken ct)
        {
            Submitted();
            return Task.FromResult<IReadOnlyList<SubmittedJob>>([.. plan.Jobs.Select(job => new SubmittedJob(job, job.Name, workRoot, $"{job.Name}.log"))]);
        }

        public Task<IReadOnlyList<JobStatus>> LookAsync(IReadOnlyList<SubmittedJob> jobs, Action<string> warn, CancellationToken ct) =>
            Task.FromResult<IReadOnlyList<JobStatus>>([.. jobs.Select(job => Look(job.Job))]);

        public Task CancelAsync(IReadOnlyList<SubmittedJob> jobs, CancellationToken ct)
        {
            Cancel();
            Cancelled.AddRange(jobs.Select(job => job.Id));
            Look = _ => new JobStatus(JobState.Cancelled, ExitCodes.Cancelled, "CANCELLED");
            return Task.CompletedTask;
        }
    }
}
