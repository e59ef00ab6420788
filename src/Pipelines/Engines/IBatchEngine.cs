namespace Unreel.Pipelines;

/// <summary>What became of a job so far.</summary>
public enum JobState
{
    /// <summary>It waits for its turn, or for other jobs.</summary>
    Waiting,

    /// <summary>It, or one of its tasks, has begun.</summary>
    Running,

    /// <summary>All of it ended well.</summary>
    Done,

    /// <summary>It ended otherwise.</summary>
    Failed,

    /// <summary>It was cancelled, by a person or because a job before it failed.</summary>
    Cancelled,
}

/// <summary>A job as the engine sees it.</summary>
/// <param name="State">How far it is.</param>
/// <param name="ExitCode">The exit code of the first task that did not end well; null where none is known.</param>
/// <param name="Reason">The engine's own word for it, e.g. <c>TIMEOUT</c>.</param>
public sealed record JobStatus(JobState State, int? ExitCode = null, string? Reason = null)
{
    /// <summary>Whether nothing more comes of it.</summary>
    public bool IsOver => State is JobState.Done or JobState.Failed or JobState.Cancelled;
}

/// <summary>A job that was handed to an engine.</summary>
/// <param name="Job">The job.</param>
/// <param name="Id">The engine's number for it.</param>
/// <param name="LogFolder">Where its tasks' logs lie.</param>
/// <param name="LogPattern">The names of the logs, as a pattern with <c>*</c>.</param>
public sealed record SubmittedJob(EngineJob Job, string Id, string LogFolder, string LogPattern);

/// <summary>Runs jobs on machines of its own.</summary>
public interface IBatchEngine
{
    /// <summary>What people call it, e.g. <c>slurm</c>.</summary>
    string Name { get; }

    /// <summary>Hands all jobs of a plan over, with what they wait for. Fails whole: of a plan that cannot be handed over nothing is left.</summary>
    /// <param name="plan">The jobs.</param>
    /// <param name="workRoot">The folder for work in progress, which the engine's machines see too.</param>
    /// <param name="ct">Cancels; what was handed over is taken back.</param>
    /// <exception cref="EngineException">The engine refuses.</exception>
    Task<IReadOnlyList<SubmittedJob>> SubmitAsync(EnginePlan plan, string workRoot, CancellationToken ct);

    /// <summary>Looks what became of jobs.</summary>
    /// <param name="jobs">The jobs.</param>
    /// <param name="warn">Gets, once, what people should know of how the jobs are looked at.</param>
    /// <param name="ct">Cancels the looking.</param>
    /// <returns>A status for each, in their order.</returns>
    /// <exception cref="EngineException">The engine does not answer.</exception>
    Task<IReadOnlyList<JobStatus>> LookAsync(IReadOnlyList<SubmittedJob> jobs, Action<string> warn, CancellationToken ct);

    /// <summary>Asks jobs to end; programs may still write what they have.</summary>
    /// <exception cref="EngineException">The engine does not answer.</exception>
    Task CancelAsync(IReadOnlyList<SubmittedJob> jobs, CancellationToken ct);
}

/// <summary>An engine refused or did not answer; the message says what it said.</summary>
public sealed class EngineException(string message, Exception? inner = null) : IOException(message, inner);
