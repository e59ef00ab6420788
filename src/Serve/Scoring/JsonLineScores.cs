using System.Text;
using System.Text.Json;
using Unreel.Serve.Classify;
using Unreel.Serve.Http;

namespace Unreel.Serve.Scoring;

/// <summary>Rows as JSON, one object a line.</summary>
internal sealed class JsonLineScores : IScoreFormat
{
    /// <inheritdoc/>
    public string Header => string.Empty;

    /// <inheritdoc/>
    public string Write(ScoreRow row)
    {
        Prediction? best = row.Predictions.Count > 0 ? row.Predictions[0] : null;
        Line line = new(row.File, best?.Label, Rounded(best?.Probability), [.. row.Predictions.Select(each => new LabelledLine(each.Label, Rounded(each.Probability)!.Value))], row.Duration, row.Frames, row.Error);
        return JsonSerializer.Serialize(line, ServeJson.Options) + "\n";
    }

    /// <inheritdoc/>
    public IReadOnlyList<FinishedRow> Read(ReadOnlySpan<byte> bytes)
    {
        List<FinishedRow> rows = [];
        int start = 0;
        for (int end; (end = bytes[start..].IndexOf((byte)'\n')) >= 0; start += end + 1)
            rows.Add(ReadLine(bytes.Slice(start, end), rows.Count + 1, start + end + 1));

        return rows;
    }

    private static FinishedRow ReadLine(ReadOnlySpan<byte> text, int number, int end)
    {
        try
        {
            Line line = JsonSerializer.Deserialize<Line>(text, ServeJson.Options)!;
            return new FinishedRow(line.File, line.Error is not null, end);
        }
        catch (JsonException problem)
        {
            throw new FormatException($"its line {number} is no row: {Encoding.UTF8.GetString(text)}", problem);
        }
    }

    // Six decimals are what the model's arithmetic can stand for, and keep the file the same on every machine.
    private static decimal? Rounded(float? value) => value is { } some ? Math.Round((decimal)some, 6) : null;

    private sealed record Line(string File, string? Label, decimal? Probability, IReadOnlyList<LabelledLine> Predictions, double? Duration, int? Frames, string? Error);

    private sealed record LabelledLine(string Label, decimal Probability);
}
