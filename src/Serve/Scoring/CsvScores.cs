using System.Globalization;

namespace Unreel.Serve.Scoring;

/// <summary>Rows as CSV: <c>file,label,probability,label_2,probability_2,…,duration,frames,error</c>.</summary>
/// <param name="topK">How many labels a row has.</param>
internal sealed class CsvScores(int topK) : IScoreFormat
{
    /// <inheritdoc/>
    public string Header { get; } = CsvText.Record(
        ["file", "label", "probability",
         .. Enumerable.Range(2, topK - 1).SelectMany(rank => new[] { Name("label", rank), Name("probability", rank) }),
         "duration", "frames", "error"]);

    /// <inheritdoc/>
    public string Write(ScoreRow row) => CsvText.Record(
        [row.File,
         .. Enumerable.Range(0, topK).SelectMany(rank => Labelled(row, rank)),
         row.Duration?.ToString("0.###", CultureInfo.InvariantCulture) ?? string.Empty,
         row.Frames?.ToString(CultureInfo.InvariantCulture) ?? string.Empty,
         row.Error ?? string.Empty]);

    /// <inheritdoc/>
    public IReadOnlyList<FinishedRow> Read(ReadOnlySpan<byte> bytes)
    {
        List<(List<string> Fields, int End)> records = CsvText.Records(bytes);
        if (records.Count == 0)
            return [];
        if (CsvText.Record(records[0].Fields) != Header)
            throw new FormatException($"its header is {CsvText.Record(records[0].Fields).TrimEnd()}; expected {Header.TrimEnd()}");

        int columns = records[0].Fields.Count;
        if (records.FindIndex(record => record.Fields.Count != columns) is int odd and >= 0)
            throw new FormatException($"its record {odd + 1} has {records[odd].Fields.Count} fields; expected {columns}");

        return [.. records.Skip(1).Select(record => new FinishedRow(record.Fields[0], record.Fields[^1].Length > 0, record.End))];
    }

    private static string Name(string column, int rank) => string.Create(CultureInfo.InvariantCulture, $"{column}_{rank}");

    private static string[] Labelled(ScoreRow row, int rank) => rank < row.Predictions.Count
        ? [row.Predictions[rank].Label, row.Predictions[rank].Probability.ToString("0.000000", CultureInfo.InvariantCulture)]
        : [string.Empty, string.Empty];
}
