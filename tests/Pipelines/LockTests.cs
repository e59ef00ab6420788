using Unreel.Artifacts;

namespace Unreel.Pipelines.Tests;

public sealed class LockTests
{
    [Fact]
    public async Task A_second_run_of_the_same_work_waits_and_then_has_nothing_to_do()
    {
        ManualTime time = new();
        await using Workshop shop = new(Workshop.TwoStages, time);
        TaskCompletionSource begun = new(TaskCreationOptions.RunContinuationsAsynchronously);
        TaskCompletionSource go = new(TaskCreationOptions.RunContinuationsAsynchronously);
        shop.Script.Step = (_, _, _, _) => { begun.TrySetResult(); return go.Task; };

        Task<RunReport> first = shop.RunAsync();
        await begun.Task;
        Task<RunReport> second = shop.RunAsync();
        await time.UntilSomebodyWaitsAsync();
        Assert.Contains(shop.Reporter.Lines, line => line.Contains($"process {Environment.ProcessId} is at work on the same stage", StringComparison.Ordinal));
        go.SetResult();
        RunReport one = await first;
        while (!second.IsCompleted)
        {
            time.Advance(TimeSpan.FromSeconds(1));
            await Task.Delay(5);
        }

        Assert.Equal(["draw", "learn"], shop.Script.Ran);
        Assert.Equal(StageState.UpToDate, (await second).Stages[0].State);
        Assert.Equal(one.Stages.Select(o => o.Artifact), (await second).Stages.Select(o => o.Artifact));
    }

    [Fact]
    public async Task A_run_that_will_not_wait_fails_naming_the_process()
    {
        await using Workshop shop = new();
        TaskCompletionSource begun = new(TaskCreationOptions.RunContinuationsAsynchronously);
        TaskCompletionSource go = new(TaskCreationOptions.RunContinuationsAsynchronously);
        shop.Script.Step = (_, _, _, _) => { begun.TrySetResult(); return go.Task; };
        Task<RunReport> first = shop.RunAsync();
        await begun.Task;

        RunReport second = await shop.RunAsync(new RunSettings { WaitForOthers = false });
        go.SetResult();
        await first;

        Assert.Equal(ExitCodes.Failed, second.ExitCode);
        Assert.StartsWith($"process {Environment.ProcessId} is at work", second.Stages[0].Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_tag_that_others_move_is_moved_in_the_end()
    {
        await using Workshop shop = new();
        IArtifactStore whole = shop.Store;
        shop.Store = new FailingStore(whole) { LostRaces = 3 };

        RunReport report = await shop.RunAsync();

        Assert.Equal(0, report.ExitCode);
        Assert.Equal(report.Stages[0].Artifact, await whole.FindAsync(ArtifactReference.Parse("clips/tiny-draw:latest"), default));
    }
}
