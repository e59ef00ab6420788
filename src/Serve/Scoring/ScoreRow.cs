using Unreel.Serve.Classify;

namespace Unreel.Serve.Scoring;

/// <summary>One row: a video's labels, or why it has none.</summary>
/// <param name="File">The video's name: the path below the folder, or as the list has it.</param>
/// <param name="Predictions">The best classes, best first; empty where the video could not be read.</param>
/// <param name="Duration">Seconds, where it is known.</param>
/// <param name="Frames">The number of frames, where it is known.</param>
/// <param name="Error">Why the video could not be read, in one line; null where it could.</param>
internal sealed record ScoreRow(string File, IReadOnlyList<Prediction> Predictions, double? Duration, int? Frames, string? Error);

/// <summary>A row found in a file that is taken up again.</summary>
/// <param name="File">The video's name.</param>
/// <param name="Failed">Whether it says that the video could not be read.</param>
/// <param name="End">The offset of the first byte after the row.</param>
internal readonly record struct FinishedRow(string File, bool Failed, long End);

/// <summary>How rows are written, and read again when the work is taken up.</summary>
internal interface IScoreFormat
{
    /// <summary>What comes before the rows, line end included; may be empty.</summary>
    string Header { get; }

    /// <summary>Writes a row, line end included.</summary>
    string Write(ScoreRow row);

    /// <summary>Finds the whole rows after the header; a torn last one is left out.</summary>
    /// <exception cref="FormatException">The text was not written by this format with the same options.</exception>
    IReadOnlyList<FinishedRow> Read(ReadOnlySpan<byte> bytes);
}
