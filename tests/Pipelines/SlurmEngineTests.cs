using Unreel.Testing;

namespace Unreel.Pipelines.Tests;

/// <summary>What becomes of jobs where Slurm's programs fail; the programs are scripts here, which note what they were asked.</summary>
public sealed class SlurmEngineTests : IDisposable
{
    private static readonly EnginePlan TwoJobs = new("tiny", [
        new EngineJob { Name = "draw", StageId = "draw", Command = ["unreel"] },
        new EngineJob { Name = "learn", StageId = "learn", Command = ["unreel"], After = ["draw"] },
    ]);

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task What_sbatch_says_is_told_also_where_it_ends_without_reading()
    {
        Program("sbatch", "echo 'sbatch: error: Unable to contact slurm controller' >&2; exit 1");
        EngineJob job = new() { Name = "draw", StageId = "draw", Command = ["unreel", new string('x', 1 << 20)] };

        EngineException e = await Assert.ThrowsAsync<EngineException>(() => Engine().SubmitAsync(new EnginePlan("tiny", [job]), _folder.Path, default));

        Assert.Equal("sbatch does not take draw: sbatch: error: Unable to contact slurm controller", e.Message);
    }

    [Fact]
    public async Task Cancelling_between_two_jobs_takes_the_first_back()
    {
        using CancellationTokenSource stop = new();
        Program("sbatch", "cat >/dev/null; touch begun; sleep 0.3; echo 17");
        Program("scancel", string.Empty);

        Task<IReadOnlyList<SubmittedJob>> submitting = Engine().SubmitAsync(TwoJobs, _folder.Path, stop.Token);
        while (!File.Exists(_folder.File("begun")) && !submitting.IsCompleted)
            await Task.Delay(10);
        await stop.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => submitting);
        Assert.Equal(["sbatch", "scancel --quiet 17"], Calls().Select(call => call.StartsWith("sbatch", StringComparison.Ordinal) ? "sbatch" : call));
    }

    [Fact]
    public async Task A_job_that_sbatch_handed_over_without_saying_so_is_found_by_its_comment_and_taken_back()
    {
        Program("sbatch", "cat >/dev/null; for word; do case $word in --comment=*) echo \"$word\" >comment ;; esac; done; [ -e first ] || { touch first; echo 17; exit; }; exec sleep 60");
        Program("squeue", "printf '%-64s%s\\n' 18 \"$(cat comment)\"; printf '%-64s%s\\n' 19_[0-3] 'somebody else'");
        Program("scancel", string.Empty);

        EngineException e = await Assert.ThrowsAsync<EngineException>(() => Engine(TimeSpan.FromSeconds(2)).SubmitAsync(TwoJobs, _folder.Path, default));

        Assert.Contains("sbatch did not end within 2 seconds", e.Message, StringComparison.Ordinal);
        Assert.Equal("scancel --quiet 17 18", Calls()[^1]);
    }

    [Fact]
    public async Task Accounting_that_fails_is_told_once_and_accounting_that_is_not_there_never()
    {
        Program("squeue", "echo 'slurm_load_jobs error: Invalid job id specified' >&2; exit 1");
        Program("sacct", "echo 'sacct: error: no database' >&2; exit 1");
        File.WriteAllText(_folder.File("draw.0.exit"), "0\n");
        SubmittedJob job = new(TwoJobs.Jobs[0], "17", _folder.Path, "draw.17.log");
        SlurmEngine engine = Engine();
        List<string> told = [];

        for (int look = 0; look < 2; look++)
            Assert.Equal([new JobStatus(JobState.Done, 0)], await engine.LookAsync([job], told.Add, default));
        Assert.Contains("sacct: error: no database", Assert.Single(told), StringComparison.Ordinal);

        Program("sacct", "echo 'Slurm accounting storage is disabled' >&2; exit 1");
        await Engine().LookAsync([job], told.Add, default);
        Assert.Single(told);
    }

    private SlurmEngine Engine(TimeSpan? patience = null) =>
        new(new SlurmOptions { Folder = _folder.Path, Programs = _folder.Path, Patience = patience ?? TimeSpan.FromMinutes(1) }, TimeProvider.System);

    private string[] Calls() => File.ReadAllLines(_folder.File("calls"));

    private void Program(string name, string script)
    {
        string path = _folder.File(name);
        File.WriteAllText(path, $"#!/bin/bash\ncd {ShellText.Quote(_folder.Path)}\necho {name} \"$*\" >>calls\n{script}\n");
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
    }
}
