using System.Collections.Concurrent;

namespace Unreel.Pipelines;

/// <summary>Keeps the logs of a run's stages while it goes on: what is told of them and what they log themselves.</summary>
internal sealed class RunLogs(TimeProvider time) : IRunReporter
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(10);

    private readonly ConcurrentDictionary<string, Entry> _entries = [];

    /// <summary>The log of a stage.</summary>
    public StageLog Of(PlannedStage stage) => EntryOf(stage.Id).Log;

    /// <inheritdoc/>
    public void StageStarted(PlannedStage stage, string reason) => Of(stage).Write($"running ({reason})");

    /// <inheritdoc/>
    public void Progress(PlannedStage stage, StageProgress progress)
    {
        Entry entry = EntryOf(stage.Id);
        lock (entry.Gate)
        {
            if (entry.Gate.Passes(progress))
                entry.Log.Write(TextReporter.Words(progress));
        }
    }

    /// <inheritdoc/>
    public void StageFinished(RunOutcome outcome)
    {
        Entry entry = EntryOf(outcome.Stage.Id);
        lock (entry.Gate)
        {
            if (entry.Gate.TakeHeld() is { } last)
                entry.Log.Write(TextReporter.Words(last));
        }

        // A stage that was not worked on leaves no log, unless there was something to say.
        if (outcome.State is StageState.Done or StageState.Failed or StageState.Refused or StageState.Cancelled || !entry.Log.IsEmpty)
            entry.Log.Write(RunText.Of(outcome));
    }

    /// <inheritdoc/>
    public void Message(MessageLevel level, string? stage, string text)
    {
        if (stage is not null)
            EntryOf(stage).Log.Write(TextReporter.Prefix(level) + text);
    }

    /// <inheritdoc/>
    public void RunFinished(RunReport report)
    {
        // Each stage's log ends with how it ended.
    }

    private Entry EntryOf(string id) => _entries.GetOrAdd(id, _ => new Entry(new StageLog(time), new ProgressGate(Interval, time)));

    private sealed record Entry(StageLog Log, ProgressGate Gate);
}
