using System.Globalization;

namespace Unreel.Pipelines;

/// <summary>Tells a run in plain lines, for logs and pipes: of progress the first line, one every ten seconds, and the last.</summary>
public sealed class TextReporter(TextWriter writer, TimeProvider time) : IRunReporter
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(10);

    private readonly Lock _lock = new();
    private readonly Dictionary<string, ProgressGate> _gates = [];

    /// <inheritdoc/>
    public void StageStarted(PlannedStage stage, string reason) => Write($"{stage.Id}: running ({reason})");

    /// <inheritdoc/>
    public void Progress(PlannedStage stage, StageProgress progress)
    {
        lock (_lock)
        {
            if (!_gates.TryGetValue(stage.Id, out ProgressGate? gate))
                _gates[stage.Id] = gate = new ProgressGate(Interval, time);
            if (gate.Passes(progress))
                Write($"{stage.Id}: {Words(progress)}");
        }
    }

    /// <inheritdoc/>
    public void StageFinished(RunOutcome outcome)
    {
        lock (_lock)
        {
            if (_gates.Remove(outcome.Stage.Id, out ProgressGate? gate) && gate.TakeHeld() is { } last)
                Write($"{outcome.Stage.Id}: {Words(last)}");
            Write($"{outcome.Stage.Id}: {RunText.Of(outcome)}");
        }
    }

    /// <inheritdoc/>
    public void Message(MessageLevel level, string? stage, string text)
    {
        string line = Prefix(level) + text;
        Write(stage is null ? line : $"{stage}: {line}");
    }

    /// <inheritdoc/>
    public void RunFinished(RunReport report)
    {
        // Each stage has said how it ended; a table is for those who draw one.
    }

    /// <summary>What a message of a level begins with.</summary>
    internal static string Prefix(MessageLevel level) => level switch
    {
        MessageLevel.Warning => "warning: ",
        MessageLevel.Error => "error: ",
        _ => string.Empty,
    };

    /// <summary>How far a stage is, in one line.</summary>
    internal static string Words(StageProgress progress)
    {
        string done = progress.Total > 0
            ? string.Create(CultureInfo.InvariantCulture, $"{progress.Done}/{progress.Total} {progress.Unit}")
            : string.Create(CultureInfo.InvariantCulture, $"{progress.Done} {progress.Unit}");
        return $"{progress.Activity} {done}{(progress.Detail is null ? string.Empty : $", {progress.Detail}")}";
    }

    private void Write(string line)
    {
        lock (_lock)
            writer.WriteLine(line);
    }
}
