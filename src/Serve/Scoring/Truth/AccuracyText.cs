using System.Globalization;
using System.Text;

namespace Unreel.Serve.Scoring;

/// <summary>Accuracy for people: figures, classes, and the confusion where it fits a terminal.</summary>
internal static class AccuracyText
{
    private const int MostClasses = 12, MostPairs = 12, CellWidth = 6;

    /// <summary>Writes it; null where nothing was measured.</summary>
    public static string? Write(ScoreTally tally)
    {
        if (tally.Measured == 0)
            return null;

        StringBuilder text = new();
        Line(text, $"top-1 {Percent(tally.Top1)}, top-5 {(tally.Top5 is null ? "unknown (rows have fewer labels)" : Percent(tally.Top5))}, mean per class {Percent(tally.MeanPerClass)} on {tally.Measured} videos");
        if (tally.Unknown.Count > 0)
            Line(text, $"in no figure, because the model does not know the label: {string.Join(", ", tally.Unknown.Select(pair => $"{pair.Key} ({pair.Value})"))}");

        int[] met = [.. Enumerable.Range(0, tally.Labels.Count).Where(place => tally.Of(place) + tally.Called(place) > 0)];
        Classes(text, tally, [.. met.Where(place => tally.Of(place) > 0)]);
        if (met.Length <= MostClasses)
            Matrix(text, tally, met);
        else
            Pairs(text, tally, met);
        return text.ToString().TrimEnd('\n');
    }

    private static void Classes(StringBuilder text, ScoreTally tally, int[] places)
    {
        int width = places.Max(place => tally.Labels[place].Length);
        foreach (int place in places)
            Line(text, $"  {tally.Labels[place].PadRight(width)}  {Percent(tally.Recall(place)),7} of {tally.Of(place)}");
    }

    private static void Matrix(StringBuilder text, ScoreTally tally, int[] met)
    {
        int width = met.Max(place => tally.Labels[place].Length);
        Line(text, $"confusion: rows are true labels, columns what the model said");
        Line(text, $"  {new string(' ', width)}{string.Concat(met.Select(place => Short(tally.Labels[place]).PadLeft(CellWidth)))}");
        foreach (int row in met)
            Line(text, $"  {tally.Labels[row].PadRight(width)}{string.Concat(met.Select(column => (tally.Confusion[row, column] is > 0 and int count ? count.ToString(CultureInfo.InvariantCulture) : "·").PadLeft(CellWidth)))}");
    }

    private static void Pairs(StringBuilder text, ScoreTally tally, int[] met)
    {
        var pairs = (from row in met from column in met where row != column && tally.Confusion[row, column] > 0 orderby tally.Confusion[row, column] descending, row, column select (row, column)).Take(MostPairs).ToList();
        if (pairs.Count > 0)
            Line(text, $"most often taken for another:");
        foreach ((int row, int column) in pairs)
            Line(text, $"  {tally.Labels[row]} called {tally.Labels[column]}: {tally.Confusion[row, column]} of {tally.Of(row)}");
    }

    private static string Short(string label) => label.Length < CellWidth ? label : label[..(CellWidth - 1)];

    private static string Percent(double? share) => share is { } value ? string.Create(CultureInfo.InvariantCulture, $"{100 * value:0.0} %") : "–";

    private static void Line(StringBuilder text, FormattableString line) => text.Append(line.ToString(CultureInfo.InvariantCulture)).Append('\n');
}
