using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using Unreel.Serve.Classify;
using Unreel.Serve.Http;

namespace Unreel.Serve.Scoring;

/// <summary>Rows as JSON, one object a line.</summary>
/// <param name="truth">Whether rows have a true label.</param>
internal sealed class JsonLineScores(bool truth = false) : IScoreFormat
{
    /// <inheritdoc/>
    public string Name => ScoreFormats.Jsonl;

    /// <inheritdoc/>
    public string Header => string.Empty;

    /// <inheritdoc/>
    public string Write(ScoreRow row)
    {
        Prediction? best = row.Predictions.Count > 0 ? row.Predictions[0] : null;
        LabelledLine[] predictions = [.. row.Predictions.Select(each => new LabelledLine(each.Label, Rounded(each.Probability)!.Value))];
        Line line = new(row.File, best?.Label, Rounded(best?.Probability), predictions, row.Duration, row.Frames, row.Error, row.Truth, row.Correct);
        return JsonSerializer.Serialize(line, ServeJson.Options) + "\n";
    }

    /// <inheritdoc/>
    public IEnumerable<FinishedRow> Read(Stream stream)
    {
        RecordReader lines = new(stream, quotes: false);
        for (int number = 1; lines.TryRead(out ReadOnlyMemory<byte> line); number++)
            yield return Row(line, number, lines.End);
    }

    private FinishedRow Row(ReadOnlyMemory<byte> text, int number, long end)
    {
        try
        {
            Line line = JsonSerializer.Deserialize<Line>(text.Span, ServeJson.Options)!;
            if (line.File is null || line.Predictions is null)
                throw new FormatException($"its line {number} is no row: {Encoding.UTF8.GetString(text.Span).TrimEnd()}");
            if (line.Truth is not null && !truth)
                throw new FormatException($"its line {number} has a truth, which these rows have not");

            return new FinishedRow(line.File, [.. line.Predictions.Select(each => each.Label)], line.Truth, line.Error) { Bytes = text, End = end };
        }
        catch (JsonException problem)
        {
            throw new FormatException($"its line {number} is no row: {Encoding.UTF8.GetString(text.Span).TrimEnd()}", problem);
        }
    }

    // Six decimals are what the model's arithmetic can stand for, and keep the file the same on every machine.
    private static decimal? Rounded(float? value) => value is { } some ? Math.Round((decimal)some, 6) : null;

    private sealed record Line(
        string File,
        string? Label,
        decimal? Probability,
        IReadOnlyList<LabelledLine> Predictions,
        double? Duration,
        int? Frames,
        string? Error,
        [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Truth,
        [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] bool? Correct);

    private sealed record LabelledLine(string Label, decimal Probability);
}
