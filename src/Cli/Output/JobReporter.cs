using Unreel.Pipelines;

namespace Unreel.Cli.Output;

/// <summary>What a job of a cluster's has to say: of its own stage only. Whoever handed it over tells the rest.</summary>
internal sealed class JobReporter(IRunReporter inner) : IRunReporter
{
    public void StageStarted(PlannedStage stage, string reason) => inner.StageStarted(stage, reason);

    public void Progress(PlannedStage stage, StageProgress progress) => inner.Progress(stage, progress);

    public void StageFinished(RunOutcome outcome)
    {
        if (outcome.State is not (StageState.Skipped or StageState.UpToDate))
            inner.StageFinished(outcome);
    }

    public void Message(MessageLevel level, string? stage, string text) => inner.Message(level, stage, text);

    public void RunFinished(RunReport report)
    {
        // One stage has no table.
    }
}
