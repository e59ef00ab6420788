using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Unreel.Pipelines;

/// <summary>Tells a run as one JSON object a line, for programs; of progress the first, one a second, and the last.</summary>
public sealed class JsonReporter(TextWriter writer, TimeProvider time) : IRunReporter
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);
    private static readonly JsonSerializerOptions OneLine = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private readonly Lock _lock = new();
    private readonly Dictionary<string, ProgressGate> _gates = [];

    /// <inheritdoc/>
    public void StageStarted(PlannedStage stage, string reason) =>
        Write(new JsonObject { ["event"] = "stage-started", ["stage"] = stage.Id, ["reason"] = reason });

    /// <inheritdoc/>
    public void Progress(PlannedStage stage, StageProgress progress)
    {
        lock (_lock)
        {
            if (!_gates.TryGetValue(stage.Id, out ProgressGate? gate))
                _gates[stage.Id] = gate = new ProgressGate(Interval, time);
            if (gate.Passes(progress))
                Write(Json(stage, progress));
        }
    }

    /// <inheritdoc/>
    public void StageFinished(RunOutcome outcome)
    {
        lock (_lock)
        {
            if (_gates.Remove(outcome.Stage.Id, out ProgressGate? gate) && gate.TakeHeld() is { } last)
                Write(Json(outcome.Stage, last));
            Write(Json("stage-finished", outcome));
        }
    }

    /// <inheritdoc/>
    public void Message(MessageLevel level, string? stage, string text) =>
        Write(new JsonObject { ["event"] = "message", ["level"] = OptionTypes.EnumText(level.ToString()), ["stage"] = stage, ["text"] = text });

    /// <inheritdoc/>
    public void RunFinished(RunReport report) => Write(new JsonObject
    {
        ["event"] = "run-finished",
        ["exit_code"] = report.ExitCode,
        ["seconds"] = report.Duration.TotalSeconds,
        ["error"] = report.Error?.Message,
        ["record"] = report.Record?.Digest.ToString(),
        ["stages"] = new JsonObject(report.Stages.Select(outcome => KeyValuePair.Create(outcome.Stage.Id, (JsonNode?)OptionTypes.EnumText(outcome.State.ToString())))),
    });

    private static JsonObject Json(PlannedStage stage, StageProgress progress) => new()
    {
        ["event"] = "progress",
        ["stage"] = stage.Id,
        ["activity"] = progress.Activity,
        ["done"] = progress.Done,
        ["total"] = progress.Total == 0 ? null : progress.Total,
        ["unit"] = progress.Unit,
        ["detail"] = progress.Detail,
    };

    private static JsonObject Json(string name, RunOutcome outcome) => new()
    {
        ["event"] = name,
        ["stage"] = outcome.Stage.Id,
        ["state"] = OptionTypes.EnumText(outcome.State.ToString()),
        ["reason"] = outcome.Reason,
        ["artifact"] = outcome.Artifact?.ToString(),
        ["key"] = outcome.Key?.ToString(),
        ["seconds"] = outcome.Duration.TotalSeconds,
        ["summary"] = outcome.Summary,
        ["exit_code"] = outcome.ExitCode,
    };

    private void Write(JsonObject json)
    {
        lock (_lock)
        {
            json["time"] = time.GetUtcNow().ToString("O", System.Globalization.CultureInfo.InvariantCulture);
            foreach (string empty in json.Where(pair => pair.Value is null).Select(pair => pair.Key).ToList())
                json.Remove(empty);
            writer.WriteLine(json.ToJsonString(OneLine));
            writer.Flush();
        }
    }
}
