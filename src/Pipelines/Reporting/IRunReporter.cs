namespace Unreel.Pipelines;

/// <summary>How important a message is.</summary>
public enum MessageLevel
{
    /// <summary>Worth knowing.</summary>
    Info,

    /// <summary>Probably not what was wanted, though the run goes on.</summary>
    Warning,

    /// <summary>Why something failed.</summary>
    Error,
}

/// <summary>Where a run tells how it goes. Calls may come from any thread.</summary>
public interface IRunReporter
{
    /// <summary>A stage begins; <paramref name="reason"/> says why it was not up to date.</summary>
    void StageStarted(PlannedStage stage, string reason);

    /// <summary>How far a stage is; called as often as the stage likes, shown as often as is useful.</summary>
    void Progress(PlannedStage stage, StageProgress progress);

    /// <summary>A stage is over: done, up to date, failed or left out.</summary>
    void StageFinished(RunOutcome outcome);

    /// <summary>Something to say, about a stage or the run as a whole.</summary>
    void Message(MessageLevel level, string? stage, string text);

    /// <summary>The run is over.</summary>
    void RunFinished(RunReport report);
}
