using Unreel.Pipelines;

namespace Unreel.Cli.Output;

/// <summary>What a process beside rank 0 has to say: what it warns of, and why it ended badly. Rank 0 tells the rest.</summary>
internal sealed class FollowerReporter(TextWriter error) : IRunReporter
{
    public void StageStarted(PlannedStage stage, string reason)
    {
    }

    public void Progress(PlannedStage stage, StageProgress progress)
    {
    }

    public void StageFinished(RunOutcome outcome)
    {
        if (outcome.ExitCode != ExitCodes.Done)
            error.WriteLine($"{outcome.Stage.Id}: {RunText.Of(outcome)}");
    }

    public void Message(MessageLevel level, string? stage, string text)
    {
        if (level != MessageLevel.Info)
            error.WriteLine(stage is null ? text : $"{stage}: {text}");
    }

    public void RunFinished(RunReport report)
    {
    }
}
