using Unreel.Artifacts;

namespace Unreel.Pipelines;

/// <summary>What became of a stage.</summary>
public enum StageState
{
    /// <summary>It ran and its artifact is published.</summary>
    Done,

    /// <summary>It was finished before; its artifact is there and whole.</summary>
    UpToDate,

    /// <summary>In a dry run: it would run.</summary>
    WouldRun,

    /// <summary>It was handed to an engine, and not waited for.</summary>
    Submitted,

    /// <summary>It failed.</summary>
    Failed,

    /// <summary>Its gate refused the result; nothing is published.</summary>
    Refused,

    /// <summary>It was cancelled.</summary>
    Cancelled,

    /// <summary>It was not looked at: an earlier stage did not end well, or it was not asked for, or nothing uses it any more.</summary>
    Skipped,
}

/// <summary>What became of one stage; a row of the summary.</summary>
public sealed record RunOutcome
{
    /// <summary>The stage.</summary>
    public required PlannedStage Stage { get; init; }

    /// <summary>What became of it.</summary>
    public required StageState State { get; init; }

    /// <summary>Why: what made it run, fail or be left out.</summary>
    public required string Reason { get; init; }

    /// <summary>
    /// In a dry run, of a stage that would run or may: whether all that keeps it from being up to date is that something damaged is made
    /// anew before it, with the same options and inputs; made as it was, nothing follows from it.
    /// </summary>
    public bool IsOpen { get; init; }

    /// <summary>Its artifact, where there is one.</summary>
    public ArtifactRef? Artifact { get; init; }

    /// <summary>Its key, where it could be computed.</summary>
    public Digest? Key { get; init; }

    /// <summary>What its tag pointed to when it was looked at, where it was not up to date and that could be compared; null otherwise.</summary>
    public ArtifactRef? Last { get; init; }

    /// <summary>In what it differs from <see cref="Last"/>.</summary>
    public IReadOnlyList<StageDifference> Differences { get; init; } = [];

    /// <summary>When it began to be looked at (UTC); null where it was not.</summary>
    public DateTimeOffset? Started { get; init; }

    /// <summary>How long it took.</summary>
    public TimeSpan Duration { get; init; }

    /// <summary>The line its stage wants people to read.</summary>
    public string? Summary { get; init; }

    /// <summary>What was thrown, where it failed.</summary>
    public Exception? Error { get; init; }

    /// <summary>Whether what was thrown means wrong input, see <see cref="BadInput"/>.</summary>
    public bool IsBadInput { get; init; }

    /// <summary>The exit code that follows.</summary>
    public int ExitCode => State switch
    {
        StageState.Refused => ExitCodes.GateRefused,
        StageState.Cancelled => ExitCodes.Cancelled,
        // A call that gave up on its own is a failure; only the user cancels.
        StageState.Failed when Error is OperationCanceledException => ExitCodes.Failed,
        StageState.Failed when IsBadInput => ExitCodes.Usage,
        StageState.Failed => ExitCodeOf(Error),
        _ => ExitCodes.Done,
    };

    /// <summary>The exit code for an error that ends a command.</summary>
    public static int ExitCodeOf(Exception? error) => error switch
    {
        UsageException => ExitCodes.Usage,
        GateRefusedException => ExitCodes.GateRefused,
        TooManyBadItemsException => ExitCodes.TooManyBadItems,
        OperationCanceledException => ExitCodes.Cancelled,
        _ => ExitCodes.Failed,
    };
}

/// <summary>What became of a run.</summary>
/// <param name="Stages">One row a stage, in the order of the pipeline.</param>
/// <param name="ExitCode">The exit code of the first stage in that order that did not end well, or 0.</param>
/// <param name="Duration">How long it took.</param>
/// <param name="Error">Why no stage was looked at at all, or null.</param>
public sealed record RunReport(IReadOnlyList<RunOutcome> Stages, int ExitCode, TimeSpan Duration, Exception? Error = null)
{
    /// <summary>The pipeline's name; null where it could not be read.</summary>
    public string? Pipeline { get; init; }

    /// <summary>When it began (UTC); null where nothing was looked at.</summary>
    public DateTimeOffset? Started { get; init; }

    /// <summary>The record of it in the store; null where none was kept.</summary>
    public PipelineRunRef? Record { get; init; }

    /// <summary>The store's location, without secrets; null where none was opened.</summary>
    public string? Store { get; init; }
}
