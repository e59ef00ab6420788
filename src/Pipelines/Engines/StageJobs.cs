namespace Unreel.Pipelines;

/// <summary>The jobs of one stage, while they are watched.</summary>
internal sealed class StageJobs(PlannedStage stage, IReadOnlyList<SubmittedJob> jobs, IRunReporter reporter)
{
    private readonly TaskCompletionSource _over = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Dictionary<string, string> _lastLines = [];
    private JobLog[]? _logs;
    private bool _hasBegun;

    // The job to blame, where one did not end well: one that failed before one that was cancelled for it.
    private (SubmittedJob Job, JobStatus Status)? _failed;

    public PlannedStage Stage => stage;

    public IReadOnlyList<SubmittedJob> Jobs => jobs;

    /// <summary>Ends when all of them have; fails where they cannot be watched to their end.</summary>
    public Task Over => _over.Task;

    /// <summary>Whether all of them have ended.</summary>
    public bool IsOver => _over.Task.IsCompletedSuccessfully;

    /// <summary>What people call them, e.g. <c>job 12</c>.</summary>
    public string Words => $"{(jobs.Count == 1 ? "job" : "jobs")} {string.Join(" and ", jobs.Select(job => job.Id))}";

    /// <summary>Takes what became of them.</summary>
    /// <param name="statuses">One a job.</param>
    public void Take(IReadOnlyList<JobStatus> statuses)
    {
        if (!_hasBegun && statuses.Any(status => status.State != JobState.Waiting))
        {
            _hasBegun = true;
            reporter.StageStarted(stage, Words);
        }

        bool isOver = statuses.All(status => status.IsOver);
        _logs ??= [.. jobs.Select(job => new JobLog(job, (part, line) => Tell(job, part, line)))];
        foreach (JobLog log in _logs)
            log.Follow(isOver);
        if (!isOver)
            return;

        (SubmittedJob, JobStatus)[] pairs = [.. jobs.Zip(statuses)];
        _failed = Find(pairs, JobState.Failed) ?? Find(pairs, JobState.Cancelled);
        _over.TrySetResult();
    }

    /// <summary>Gives the watching up: whoever waits gets the error.</summary>
    public void GiveUp(Exception why) => _over.TrySetException(why);

    /// <summary>Throws what a run here would have thrown, where a job did not end well.</summary>
    public void Check()
    {
        if (_failed is not (SubmittedJob job, JobStatus status))
            return;

        // The last that a job said is why it failed if it did.
        string what = $"job {job.Id} ended with {status.Reason ?? "an error"}{(status.ExitCode is { } code ? $", exit code {code}" : string.Empty)}{(_lastLines.TryGetValue(job.Id, out string? last) ? $": {last}" : string.Empty)} (its log is in {job.LogFolder})";
        bool isCancelled = status is { State: JobState.Cancelled } or { ExitCode: ExitCodes.Cancelled };
        if (isCancelled)
            reporter.Message(MessageLevel.Warning, stage.Id, what);
        throw status switch
        {
            _ when isCancelled => new JobCancelledException(what),
            { ExitCode: ExitCodes.GateRefused } => new GateRefusedException(what),
            { ExitCode: ExitCodes.Usage } => new UsageException(what),
            { ExitCode: ExitCodes.TooManyBadItems } => new TooManyBadItemsException(what),
            _ => new EngineException(what),
        };
    }

    private void Tell(SubmittedJob job, string part, string line)
    {
        // Whose line it is, is said already.
        string said = line.StartsWith($"{stage.Id}: ", StringComparison.Ordinal) ? line[(stage.Id.Length + 2)..] : line;
        if (said.Length > 0)
            _lastLines[job.Id] = part + said;
        reporter.Message(MessageLevel.Info, stage.Id, part + said);
    }

    private static (SubmittedJob, JobStatus)? Find((SubmittedJob Job, JobStatus Status)[] pairs, JobState state)
    {
        foreach ((SubmittedJob, JobStatus) pair in pairs)
        {
            if (pair.Item2.State == state)
                return pair;
        }

        return null;
    }
}

/// <summary>A job was cancelled by somebody else, or because one before it failed.</summary>
internal sealed class JobCancelledException(string message) : OperationCanceledException(message);
