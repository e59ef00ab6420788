using System.Globalization;
using System.Security.Cryptography;

namespace Unreel.Pipelines;

/// <summary>Runs jobs on a Slurm cluster: sbatch with dependencies and arrays, squeue and sacct for what became of them, scancel.</summary>
/// <param name="options">What all jobs say.</param>
/// <param name="time">Names the folders of logs.</param>
public sealed class SlurmEngine(SlurmOptions options, TimeProvider time) : IBatchEngine
{
    /// <inheritdoc/>
    public string Name => "slurm";

    /// <inheritdoc/>
    public async Task<IReadOnlyList<SubmittedJob>> SubmitAsync(EnginePlan plan, string workRoot, CancellationToken ct)
    {
        string stamp = time.GetUtcNow().ToString("yyyyMMdd'T'HHmmss", CultureInfo.InvariantCulture);
        string logs = Path.Combine(workRoot, "slurm", $"{stamp}-{RandomNumberGenerator.GetHexString(6, lowercase: true)}");
        Directory.CreateDirectory(logs);
        List<SubmittedJob> submitted = [];
        try
        {
            foreach (EngineJob job in plan.Jobs)
                submitted.Add(await SubmitAsync(plan, job, submitted, logs, ct));
            return submitted;
        }
        catch (Exception e) when (e is IOException or UsageException or OperationCanceledException)
        {
            // Of half a plan nothing would come.
            if (submitted.Count > 0)
                await CancelAsync(submitted, CancellationToken.None);
            throw;
        }
    }

    /// <inheritdoc/>
    public async Task<IReadOnlyList<JobStatus>> LookAsync(IReadOnlyList<SubmittedJob> jobs, CancellationToken ct)
    {
        string ids = string.Join(',', jobs.Select(job => job.Id));
        SlurmAnswer queue = await RunAsync("squeue", ["--noheader", "--states=all", $"--jobs={ids}", $"--Format={SlurmStates.QueueFormat}"], ct);

        // A controller forgets jobs some minutes after their end, and calls those invalid.
        if (queue.Code != 0 && !queue.Error.Contains("Invalid job id", StringComparison.OrdinalIgnoreCase))
            throw new EngineException($"squeue ends with {queue.Code}: {queue.Error.Trim()}");

        ILookup<string, SlurmTask> known = SlurmStates.ReadQueue(queue.Output);
        List<JobStatus> statuses = [];
        foreach (SubmittedJob job in jobs)
            statuses.Add(known.Contains(job.Id) ? SlurmStates.Sum([.. known[job.Id]]) : await ForgottenAsync(job, ct));
        return statuses;
    }

    /// <inheritdoc/>
    public async Task CancelAsync(IReadOnlyList<SubmittedJob> jobs, CancellationToken ct)
    {
        SlurmAnswer answer = await RunAsync("scancel", ["--quiet", .. jobs.Select(job => job.Id)], ct);
        if (answer.Code != 0 && !answer.Error.Contains("Invalid job id", StringComparison.OrdinalIgnoreCase))
            throw new EngineException($"scancel ends with {answer.Code}: {answer.Error.Trim()}");
    }

    private async Task<SubmittedJob> SubmitAsync(EnginePlan plan, EngineJob job, List<SubmittedJob> before, string logs, CancellationToken ct)
    {
        string[] after = [.. job.After.Select(name => before.First(earlier => earlier.Job.Name == name).Id)];
        SlurmAnswer answer = await SlurmProgram.RunAsync("sbatch", SlurmScript.Arguments(plan, job, options, logs, after), SlurmScript.Text(job, options, logs), options.Environment, ct);

        // NUMBER, or NUMBER;CLUSTER.
        string id = answer.Output.Trim().Split(';')[0];
        return answer.Code == 0 && id.Length > 0 && id.All(char.IsAsciiDigit)
            ? new SubmittedJob(job, id, logs, $"{job.Name}.{id}{(job.Parts is null ? string.Empty : "_*")}.log")
            : throw new EngineException($"sbatch does not take {job.StageId}: {(answer.Error.Trim() is { Length: > 0 } why ? why : $"exit code {answer.Code}, output '{answer.Output.Trim()}'")}");
    }

    // Accounting knows of it where there is any; else the job's own note does.
    private async Task<JobStatus> ForgottenAsync(SubmittedJob job, CancellationToken ct)
    {
        SlurmAnswer answer = await RunAsync("sacct", ["--noheader", "--allocations", "--parsable2", "--format=JobID,State,ExitCode", $"--jobs={job.Id}"], ct);
        if (answer.Code == 0 && SlurmStates.ReadAccounting(answer.Output)[job.Id].ToArray() is { Length: > 0 } tasks)
            return SlurmStates.Sum(tasks);

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
        SlurmProgram.RunAsync(program, arguments, null, options.Environment, ct);
}
