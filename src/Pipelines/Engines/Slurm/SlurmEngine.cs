using System.Globalization;
using System.Security.Cryptography;

namespace Unreel.Pipelines;

/// <summary>Runs jobs on a Slurm cluster: sbatch with dependencies and arrays, squeue and sacct for what became of them, scancel.</summary>
/// <param name="options">What all jobs say.</param>
/// <param name="time">Names the folders of logs.</param>
public sealed class SlurmEngine(SlurmOptions options, TimeProvider time) : IBatchEngine
{
    private bool _hasToldOfAccounting;

    /// <inheritdoc/>
    public string Name => "slurm";

    /// <inheritdoc/>
    public async Task<IReadOnlyList<SubmittedJob>> SubmitAsync(EnginePlan plan, string workRoot, CancellationToken ct)
    {
        string stamp = time.GetUtcNow().ToString("yyyyMMdd'T'HHmmss", CultureInfo.InvariantCulture);
        string mark = $"{stamp}-{RandomNumberGenerator.GetHexString(6, lowercase: true)}", logs = Path.Combine(workRoot, "slurm", mark);
        Directory.CreateDirectory(logs);
        List<SubmittedJob> submitted = [];
        try
        {
            foreach (EngineJob job in plan.Jobs)
            {
                ct.ThrowIfCancellationRequested();
                submitted.Add(await SubmitAsync(plan, job, submitted, logs));
            }

            return submitted;
        }
        catch (Exception e) when (e is IOException or UsageException or OperationCanceledException)
        {
            // Of half a plan nothing would come.
            await TakeBackAsync(submitted, mark, e);
            throw;
        }
    }

    /// <inheritdoc/>
    public async Task<IReadOnlyList<JobStatus>> LookAsync(IReadOnlyList<SubmittedJob> jobs, Action<string> warn, CancellationToken ct)
    {
        string ids = string.Join(',', jobs.Select(job => job.Id));
        SlurmAnswer queue = await RunAsync("squeue", ["--noheader", "--states=all", $"--jobs={ids}", $"--Format={SlurmStates.QueueFormat}"], ct);

        // A controller forgets jobs some minutes after their end, and calls those invalid.
        if (queue.Code != 0 && !queue.Error.Contains("Invalid job id", StringComparison.OrdinalIgnoreCase))
            throw new EngineException($"squeue ends with {queue.Code}: {queue.Error.Trim()}");

        ILookup<string, SlurmTask> known = SlurmStates.ReadQueue(queue.Output);
        List<JobStatus> statuses = [];
        foreach (SubmittedJob job in jobs)
            statuses.Add(known.Contains(job.Id) ? SlurmStates.Sum([.. known[job.Id]]) : await ForgottenAsync(job, warn, ct));
        return statuses;
    }

    /// <inheritdoc/>
    public Task CancelAsync(IReadOnlyList<SubmittedJob> jobs, CancellationToken ct) => CancelAsync(jobs.Select(job => job.Id), ct);

    private async Task CancelAsync(IEnumerable<string> ids, CancellationToken ct)
    {
        SlurmAnswer answer = await RunAsync("scancel", ["--quiet", .. ids], ct);
        if (answer.Code != 0 && !answer.Error.Contains("Invalid job id", StringComparison.OrdinalIgnoreCase))
            throw new EngineException($"scancel ends with {answer.Code}: {answer.Error.Trim()}");
    }

    // Never cancelled: an sbatch that is killed may have handed its job over, and nobody would know the number.
    private async Task<SubmittedJob> SubmitAsync(EnginePlan plan, EngineJob job, List<SubmittedJob> before, string logs)
    {
        string[] after = [.. job.After.Select(name => before.First(earlier => earlier.Job.Name == name).Id)];
        SlurmAnswer answer = await SlurmProgram.RunAsync("sbatch", SlurmScript.Arguments(plan, job, options, logs, after), SlurmScript.Text(job, options, logs), options, CancellationToken.None);

        // NUMBER, or NUMBER;CLUSTER.
        string id = answer.Output.Trim().Split(';')[0];
        return answer.Code == 0 && id.Length > 0 && id.All(char.IsAsciiDigit)
            ? new SubmittedJob(job, id, logs, $"{job.Name}.{id}{(job.Parts is null ? string.Empty : "_*")}.log")
            : throw new EngineException($"sbatch does not take {job.StageId}: {answer.Why}");
    }

    private async Task TakeBackAsync(List<SubmittedJob> submitted, string mark, Exception why)
    {
        try
        {
            // An sbatch that gave no number may have handed its job over all the same.
            HashSet<string> ids = [.. submitted.Select(job => job.Id)];
            if (why is EngineException { InnerException: not null } || why.Message.Contains("timed out", StringComparison.OrdinalIgnoreCase))
                ids.UnionWith(await MarkedAsync(mark));
            if (ids.Count > 0)
                await CancelAsync(ids, CancellationToken.None);
        }
        catch (EngineException e)
        {
            throw new EngineException($"{why.Message} What may have been handed over is not taken back ({e.Message}): cancel the jobs that have {mark} in their comment (squeue --me --format '%i %k').", why);
        }
    }

    private async Task<IEnumerable<string>> MarkedAsync(string mark)
    {
        SlurmAnswer queue = await RunAsync("squeue", ["--noheader", $"--Format={SlurmStates.CommentFormat}"], CancellationToken.None);
        return queue.Code == 0
            ? SlurmStates.ReadComments(queue.Output).Where(job => job.Comment.Contains(mark, StringComparison.Ordinal)).Select(job => job.Job)
            : throw new EngineException($"squeue ends with {queue.Code}: {queue.Why}");
    }

    // Accounting knows of it where there is any; else the job's own note does.
    private async Task<JobStatus> ForgottenAsync(SubmittedJob job, Action<string> warn, CancellationToken ct)
    {
        SlurmAnswer answer = await RunAsync("sacct", ["--noheader", "--allocations", "--parsable2", "--format=JobID,State,ExitCode", $"--jobs={job.Id}"], ct);
        if (answer.Code == 0 && SlurmStates.ReadAccounting(answer.Output)[job.Id].ToArray() is { Length: > 0 } tasks)
            return SlurmStates.Sum(tasks);

        // A cluster without accounting is as usual as one with.
        if (answer.Code != 0 && !answer.Error.Contains("accounting storage is disabled", StringComparison.OrdinalIgnoreCase) && !_hasToldOfAccounting)
        {
            _hasToldOfAccounting = true;
            warn($"sacct ends with {answer.Code} ({answer.Why}); of jobs that squeue has forgotten, the exit codes count that they wrote beside their logs.");
        }

        List<int?> codes = [];
        for (int task = 0; task < (job.Job.Parts ?? 1); task++)
            codes.Add(Noted(Path.Combine(job.LogFolder, SlurmScript.ExitFile(job.Job, task.ToString(CultureInfo.InvariantCulture)))));
        return codes.All(code => code == 0) ? new JobStatus(JobState.Done, 0)
            : codes.FirstOrDefault(code => code is not (null or 0)) is { } failed ? new JobStatus(failed == ExitCodes.Cancelled ? JobState.Cancelled : JobState.Failed, failed, "FAILED")
            : new JobStatus(JobState.Failed, null, $"neither squeue nor sacct knows the job {job.Id} any more, and it left no exit code");
    }

    private static int? Noted(string file) =>
        File.Exists(file) && int.TryParse(File.ReadAllText(file).Trim(), NumberStyles.None, CultureInfo.InvariantCulture, out int code) ? code : null;

    private Task<SlurmAnswer> RunAsync(string program, IEnumerable<string> arguments, CancellationToken ct) =>
        SlurmProgram.RunAsync(program, arguments, null, options, ct);
}
