using System.Text.Json.Nodes;
using Unreel.Artifacts;

namespace Unreel.Serve.Scoring;

/// <summary>What came of scoring.</summary>
/// <param name="Out">Where the rows are: a file, or an artifact by its tag.</param>
/// <param name="Videos">Rows in it.</param>
/// <param name="Failed">Of these, videos that could not be read.</param>
/// <param name="Resumed">Of these, rows of an earlier run.</param>
/// <param name="Elapsed">The time this run took.</param>
public sealed record ScoreSummary(string Out, int Videos, int Failed, int Resumed, TimeSpan Elapsed)
{
    /// <summary>The model's digest.</summary>
    public required Digest Model { get; init; }

    /// <summary>The artifact; null where a file was written.</summary>
    public ArtifactRef? Artifact { get; init; }

    /// <summary>The files written beside the rows: report, confusion, list of failures.</summary>
    public IReadOnlyList<string> Files { get; init; } = [];

    /// <summary>How often the model was right; null where nothing was measured. Members: measured, correct, top1, top5 (null with fewer labels a row), mean_per_class, unknown_labels, classes, confusion.</summary>
    public JsonObject? Accuracy { get; init; }

    /// <summary>The same for people, some lines; null where nothing was measured.</summary>
    public string? AccuracyText { get; init; }
}
