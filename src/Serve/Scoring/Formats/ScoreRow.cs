using Unreel.Serve.Classify;

namespace Unreel.Serve.Scoring;

/// <summary>One row: a video's labels, or why it has none.</summary>
/// <param name="File">The video's name: the path below the folder, or as the list has it.</param>
/// <param name="Predictions">The best classes, best first; empty where the video could not be read.</param>
/// <param name="Duration">Seconds, where it is known.</param>
/// <param name="Frames">The number of frames, where it is known.</param>
/// <param name="Error">Why the video could not be read, in one line; null where it could.</param>
internal sealed record ScoreRow(string File, IReadOnlyList<Prediction> Predictions, double? Duration, int? Frames, string? Error)
{
    /// <summary>The video's true label, where it is known.</summary>
    public string? Truth { get; init; }

    /// <summary>Whether the best class is the true one; null where there is none to compare, or the model has no such class.</summary>
    public bool? Correct { get; init; }
}

/// <summary>A row as it was found in a file.</summary>
/// <param name="File">The video's name.</param>
/// <param name="Labels">The best classes, best first; empty where the video could not be read.</param>
/// <param name="Truth">The true label, where there is one.</param>
/// <param name="Error">Why the video could not be read; null where it could.</param>
internal sealed record FinishedRow(string File, IReadOnlyList<string> Labels, string? Truth, string? Error)
{
    /// <summary>The row's bytes, line end included.</summary>
    public required ReadOnlyMemory<byte> Bytes { get; init; }

    /// <summary>The offset of the first byte after the row.</summary>
    public required long End { get; init; }
}

/// <summary>How rows are written, and read again when the work is taken up, summed up or merged.</summary>
internal interface IScoreFormat
{
    /// <summary>The name that stands for it, which is also the file's extension.</summary>
    string Name { get; }

    /// <summary>What comes before the rows, line end included; may be empty.</summary>
    string Header { get; }

    /// <summary>Writes a row, line end included.</summary>
    string Write(ScoreRow row);

    /// <summary>Reads the whole rows after the header one after the other, from the stream's beginning; a torn last one is left out.</summary>
    /// <exception cref="FormatException">The text was not written by this format with the same options.</exception>
    IEnumerable<FinishedRow> Read(Stream stream);
}

/// <summary>Which format a name stands for.</summary>
internal static class ScoreFormats
{
    /// <summary>Makes a format.</summary>
    /// <param name="name"><c>csv</c> or <c>jsonl</c>.</param>
    /// <param name="topK">How many labels a row has.</param>
    /// <param name="truth">Whether rows have a true label.</param>
    public static IScoreFormat Create(string name, int topK, bool truth) => name == Csv ? new CsvScores(topK, truth) : new JsonLineScores(truth);

    /// <summary>RFC 4180.</summary>
    public const string Csv = "csv";

    /// <summary>One JSON object a line.</summary>
    public const string Jsonl = "jsonl";
}
