namespace Unreel.Pipelines;

/// <summary>The jobs of one stage, while they are watched.</summary>
internal sealed class StageJobs(PlannedStage stage, IReadOnlyList<SubmittedJob> jobs, IRunReporter reporter)
{
    private readonly TaskCompletionSource _over = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Dictionary<string, string> _lastLines = [];
    private JobLog[]? _logs;
    private bool _hasBegun;

    public PlannedStage Stage => stage;

    public IReadOnlyList<SubmittedJob> Jobs => jobs;

    /// <summary>Ends when all of them have.</summary>
    public Task Over => _over.Task;

    public bool IsOver => _over.Task.IsCompleted;

    /// <summary>What people call them, e.g. <c>job 12</c>.</summary>
    public string Words => $"{(jobs.Count == 1 ? "job" : "jobs")} {string.Join(" and ", jobs.Select(job => job.Id))}";

    /// <summary>The job to blame, where one did not end well: one that failed before one that was cancelled for it.</summary>
    public (SubmittedJob Job, JobStatus Status)? Failed { get; private set; }

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
        Failed = Find(pairs, JobState.Failed) ?? Find(pairs, JobState.Cancelled);
        _over.TrySetResult();
    }

    /// <summary>The last that a job said, which is why it failed if it did; null where it said nothing.</summary>
    public string? LastLine(SubmittedJob job) => _lastLines.GetValueOrDefault(job.Id);

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
