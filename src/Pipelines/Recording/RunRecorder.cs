using Unreel.Artifacts;

namespace Unreel.Pipelines;

/// <summary>Keeps the record of a run, with the logs of its stages, in the store. What keeps it from doing so is told and changes nothing about the run.</summary>
internal sealed class RunRecorder(IRunReporter reporter, IRuntimeDescription runtime, TimeProvider time)
{
    // A store that cannot be reached at the end of a run must not keep the user waiting.
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(30);

    private const int ReasonLength = 4000;

    private string? _lastFailure;

    /// <summary>Records a run that its settings want recorded.</summary>
    /// <returns>The report, with the record where there is one.</returns>
    public async Task<RunReport> RecordAsync(RunReport report, RunSettings settings, IArtifactStore store, RunLogs logs)
    {
        if (!IsWanted(report, settings))
            return report;

        try
        {
            // Cancelled runs are recorded too: what cancelled them does not cancel this.
            using CancellationTokenSource limit = new(Longest);
            return report with { Record = await WriteAsync(report, store, logs, limit.Token) };
        }
#pragma warning disable CA1031 // The run is over and its outcome stands, whatever happens to its record.
        catch (Exception e)
#pragma warning restore CA1031
        {
            string why = e is OperationCanceledException ? $"{store.Location} did not answer within {RunText.Of(Longest)}." : e.Message;
            reporter.Message(MessageLevel.Warning, null, $"The record of this run is not kept: {why}");
            return report;
        }
    }

    private bool IsWanted(RunReport report, RunSettings settings)
    {
        string? failure = report.ExitCode == ExitCodes.Done ? null : string.Join('\n', report.Stages.Select(outcome => $"{outcome.Stage.Id} {outcome.State} {outcome.Reason}"));
        bool isSameAgain = failure is not null && failure == _lastFailure;
        _lastFailure = failure;
        return !settings.DryRun && settings.Record switch
        {
            RunRecording.Always => true,
            RunRecording.Never => false,
            // Whoever watches tries again what failed; the same failure once more is no news.
            _ => !isSameAgain && report.Stages.Any(outcome => outcome.State is StageState.Done or StageState.Failed or StageState.Refused or StageState.Cancelled),
        };
    }

    private async Task<PipelineRunRef> WriteAsync(RunReport report, IArtifactStore store, RunLogs logs, CancellationToken ct)
    {
        IReadOnlyDictionary<string, string> titles = LogTitles.Of(report.Stages.Where(outcome => !logs.Of(outcome.Stage).IsEmpty).Select(outcome => outcome.Stage.Id));
        List<Descriptor> layers = [];
        foreach (RunOutcome outcome in report.Stages)
        {
            if (titles.TryGetValue(outcome.Stage.Id, out string? title))
                layers.Add(await store.AddBytesAsync(logs.Of(outcome.Stage).ToBytes(), "text/plain", title, ct));
        }

        PipelineRun run = new()
        {
            Pipeline = report.Pipeline!,
            Started = report.Started!.Value,
            Finished = time.GetUtcNow(),
            Machine = runtime.Machine,
            Code = runtime.Code,
            ExitCode = report.ExitCode,
            Stages = [.. report.Stages.Select(outcome => Describe(outcome, titles.GetValueOrDefault(outcome.Stage.Id)))],
        };
        return await store.RecordPipelineRunAsync(run, layers, ct);
    }

    private static PipelineRunStage Describe(RunOutcome outcome, string? log) => new()
    {
        Id = outcome.Stage.Id,
        Stage = outcome.Stage.Description.Name,
        State = OptionTypes.EnumText(outcome.State.ToString()),
        Reason = Short(outcome.Reason),
        Started = outcome.Started,
        Seconds = outcome.Duration.TotalSeconds,
        Artifact = outcome.Artifact?.ToString(),
        Key = outcome.Key,
        Summary = outcome.Summary is { } summary ? Short(summary) : null,
        Log = log,
    };

    private static string Short(string text)
    {
        string safe = SecretText.Hide(text);
        return safe.Length > ReasonLength ? safe[..ReasonLength] + " …" : safe;
    }
}
