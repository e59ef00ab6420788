namespace Unreel.Pipelines;

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

    /// <summary>What became of a stage, in one line.</summary>
    public static string Of(RunOutcome outcome) => outcome.State switch
    {
        StageState.Done => $"done in {Of(outcome.Duration)}: {outcome.Artifact}{Tail(outcome.Summary)}",
        StageState.UpToDate => $"up to date: {outcome.Artifact}{Tail(outcome.Summary)}",
        StageState.Cancelled => $"cancelled after {Of(outcome.Duration)}; the same command takes it up again",
        _ => $"{Of(outcome.State)}: {outcome.Reason}",
    };

    /// <summary>A duration as people say it: <c>0.4s</c>, <c>12s</c>, <c>3m20s</c>.</summary>
    public static string Of(TimeSpan duration) =>
        Durations.Format(duration < TimeSpan.FromSeconds(10)
            ? TimeSpan.FromSeconds(Math.Round(duration.TotalSeconds, 1))
            : TimeSpan.FromSeconds(Math.Round(duration.TotalSeconds)));

    private static string Tail(string? summary) => summary is null ? string.Empty : $" ({summary})";
}
