using System.Globalization;

namespace Unreel.Serve.Scoring;

/// <summary>Rows as CSV: <c>file,label,probability,label_2,probability_2,…,duration,frames,error</c>, and <c>truth,correct</c> where there is a ground truth.</summary>
/// <param name="topK">How many labels a row has.</param>
/// <param name="truth">Whether rows have a true label.</param>
internal sealed class CsvScores(int topK, bool truth = false) : IScoreFormat
{
    /// <inheritdoc/>
    public string Name => ScoreFormats.Csv;

    /// <inheritdoc/>
    public string Header { get; } = CsvText.Record(
        ["file", "label", "probability",
         .. Enumerable.Range(2, topK - 1).SelectMany(rank => new[] { Ranked("label", rank), Ranked("probability", rank) }),
         "duration", "frames", "error",
         .. truth ? new[] { "truth", "correct" } : []]);

    private int Columns => 1 + (2 * topK) + 3 + (truth ? 2 : 0);

    /// <inheritdoc/>
    public string Write(ScoreRow row) => CsvText.Record(
        [row.File,
         .. Enumerable.Range(0, topK).SelectMany(rank => Labelled(row, rank)),
         row.Duration?.ToString("0.###", CultureInfo.InvariantCulture) ?? string.Empty,
         row.Frames?.ToString(CultureInfo.InvariantCulture) ?? string.Empty,
         row.Error ?? string.Empty,
         .. truth ? new[] { row.Truth ?? string.Empty, row.Correct is { } correct ? (correct ? "true" : "false") : string.Empty } : []]);

    /// <inheritdoc/>
    public IEnumerable<FinishedRow> Read(Stream stream)
    {
        RecordReader records = new(stream, quotes: true);
        if (!records.TryRead(out ReadOnlyMemory<byte> line))
            yield break;
        if (CsvText.Record(CsvText.Fields(line.Span)) is var header && header != Header)
            throw new FormatException($"its header is {header.TrimEnd()}; expected {Header.TrimEnd()}");

        for (int number = 2; records.TryRead(out line); number++)
            yield return Row(CsvText.Fields(line.Span), number, line, records.End);
    }

    private FinishedRow Row(List<string> fields, int number, ReadOnlyMemory<byte> line, long end)
    {
        if (fields.Count != Columns)
            throw new FormatException($"its record {number} has {fields.Count} fields; expected {Columns}");

        int error = 1 + (2 * topK) + 2;
        return new FinishedRow(
            fields[0],
            [.. Enumerable.Range(0, topK).Select(rank => fields[1 + (2 * rank)]).Where(label => label.Length > 0)],
            truth && fields[error + 1].Length > 0 ? fields[error + 1] : null,
            fields[error].Length > 0 ? fields[error] : null)
        {
            Bytes = line,
            End = end,
        };
    }

    private static string Ranked(string column, int rank) => string.Create(CultureInfo.InvariantCulture, $"{column}_{rank}");

    private static string[] Labelled(ScoreRow row, int rank) => rank < row.Predictions.Count
        ? [row.Predictions[rank].Label, row.Predictions[rank].Probability.ToString("0.000000", CultureInfo.InvariantCulture)]
        : [string.Empty, string.Empty];
}
