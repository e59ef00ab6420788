namespace Unreel.Pipelines;

/// <summary>Tells a run to several: people on standard error, a program on standard output.</summary>
public sealed class CompositeReporter(params IReadOnlyList<IRunReporter> reporters) : IRunReporter
{
    /// <inheritdoc/>
    public void StageStarted(PlannedStage stage, string reason) => Each(reporter => reporter.StageStarted(stage, reason));

    /// <inheritdoc/>
    public void Progress(PlannedStage stage, StageProgress progress) => Each(reporter => reporter.Progress(stage, progress));

    /// <inheritdoc/>
    public void StageFinished(RunOutcome outcome) => Each(reporter => reporter.StageFinished(outcome));

    /// <inheritdoc/>
    public void Message(MessageLevel level, string? stage, string text) => Each(reporter => reporter.Message(level, stage, text));

    /// <inheritdoc/>
    public void RunFinished(RunReport report) => Each(reporter => reporter.RunFinished(report));

    private void Each(Action<IRunReporter> tell)
    {
        foreach (IRunReporter reporter in reporters)
            tell(reporter);
    }
}
