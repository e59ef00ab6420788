using Unreel.Artifacts;

namespace Unreel.Pipelines;

/// <summary>A row of the summary of a run.</summary>
/// <param name="Stage">The stage's id.</param>
/// <param name="State">Its state in words.</param>
/// <param name="Artifact">Its artifact by tag, e.g. <c>onnx/quickstart:latest</c>.</param>
/// <param name="Digest">The first 12 digits of the artifact's digest.</param>
/// <param name="Duration">How long it took, in words.</param>
/// <param name="Summary">What its stage had to say, or why it is in this state.</param>
public sealed record SummaryRow(string Stage, string State, string? Artifact, string? Digest, string? Duration, string? Summary);

/// <summary>Outcomes in words.</summary>
public static class RunText
{
    /// <summary>A state in words, e.g. <c>up to date</c>.</summary>
    public static string Of(StageState state) => state switch
    {
        StageState.UpToDate => "up to date",
        StageState.WouldRun => "would run",
        _ => OptionTypes.EnumText(state.ToString()),
    };

    /// <summary>The state of a stage in words: that it would run, or only may.</summary>
    public static string StateOf(RunOutcome outcome) => outcome is { State: StageState.WouldRun, IsOpen: true } ? "may run" : Of(outcome.State);

    /// <summary>What became of a stage, in one line.</summary>
    public static string Of(RunOutcome outcome) => outcome.State switch
    {
        StageState.Done when outcome.Artifact is null => $"done in {Of(outcome.Duration)}{Tail(outcome.Summary)}",
        StageState.UpToDate when outcome.Artifact is null => $"up to date{Tail(outcome.Summary)}",
        StageState.Done => $"done in {Of(outcome.Duration)}: {outcome.Artifact}{Tail(outcome.Summary)}",
        StageState.UpToDate => $"up to date: {outcome.Artifact}{Tail(outcome.Summary)}",
        StageState.Cancelled => $"cancelled after {Of(outcome.Duration)}; the same command takes it up again",
        _ => $"{StateOf(outcome)}: {outcome.Reason}",
    };

    /// <summary>The summary of a run as a table for people.</summary>
    public static IReadOnlyList<SummaryRow> Rows(RunReport report) => [.. report.Stages.Select(outcome => new SummaryRow(
        outcome.Stage.Id,
        StateOf(outcome),
        outcome.Artifact is { } artifact ? ArtifactReference.ToTag(artifact.Kind, artifact.Name, outcome.Stage.Tag).ToString() : null,
        outcome.Artifact?.Digest.Hex[..12],
        outcome.State is StageState.Skipped or StageState.WouldRun ? null : Of(outcome.Duration),
        outcome.State is StageState.Done or StageState.UpToDate ? outcome.Summary : outcome.Reason))];

    /// <summary>A duration as people say it: <c>0.4s</c>, <c>12s</c>, <c>3m20s</c>.</summary>
    public static string Of(TimeSpan duration) =>
        Durations.Format(duration < TimeSpan.FromSeconds(10)
            ? TimeSpan.FromSeconds(Math.Round(duration.TotalSeconds, 1))
            : TimeSpan.FromSeconds(Math.Round(duration.TotalSeconds)));

    private static string Tail(string? summary) => summary is null ? string.Empty : $" ({summary})";
}
