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
                Write(Line(stage, progress));
        }
    }

    /// <inheritdoc/>
    public void StageFinished(RunOutcome outcome)
    {
        lock (_lock)
        {
            if (_gates.Remove(outcome.Stage.Id, out ProgressGate? gate) && gate.TakeHeld() is { } last)
                Write(Line(outcome.Stage, last));
            Write($"{outcome.Stage.Id}: {RunText.Of(outcome)}");
        }
    }

    /// <inheritdoc/>
    public void Message(MessageLevel level, string? stage, string text)
    {
        string prefix = level switch
        {
            MessageLevel.Warning => "warning: ",
            MessageLevel.Error => "error: ",
            _ => string.Empty,
        };
        Write(stage is null ? prefix + text : $"{stage}: {prefix}{text}");
    }

    /// <inheritdoc/>
    public void RunFinished(RunReport report)
    {
        // Each stage has said how it ended; a table is for those who draw one.
    }

    private static string Line(PlannedStage stage, StageProgress progress)
    {
        string done = progress.Total > 0
            ? string.Create(CultureInfo.InvariantCulture, $"{progress.Done}/{progress.Total} {progress.Unit}")
            : string.Create(CultureInfo.InvariantCulture, $"{progress.Done} {progress.Unit}");
        return $"{stage.Id}: {progress.Activity} {done}{(progress.Detail is null ? string.Empty : $", {progress.Detail}")}";
    }

    private void Write(string line)
    {
        lock (_lock)
            writer.WriteLine(line);
    }
}
