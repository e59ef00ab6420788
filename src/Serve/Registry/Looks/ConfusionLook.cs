using System.Globalization;
using System.Text.Json;
using Unreel.Serve.Http;
using Unreel.Serve.Pages;

namespace Unreel.Serve.Registry;

/// <summary>Which classes were taken for which, from a report that counts it.</summary>
/// <param name="Labels">The classes.</param>
/// <param name="Counts">Row by row: what was to be seen; column by column: what was said.</param>
internal sealed record ConfusionLook(IReadOnlyList<string> Labels, long[][] Counts)
{
    private const int MostClasses = 50, MostMistakes = 20, Shades = 5;

    /// <summary>Finds the counts in a report; null where it has none.</summary>
    public static ConfusionLook? Read(byte[] bytes)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(bytes);
            JsonElement root = document.RootElement;
            if (root.ValueKind != JsonValueKind.Object || !root.TryGetProperty("confusion", out JsonElement matrix) || matrix.ValueKind != JsonValueKind.Array)
                return null;

            long[][] counts = [.. matrix.EnumerateArray().Select(row => row.EnumerateArray().Select(cell => cell.GetInt64()).ToArray())];
            return counts.Length > 0 && counts.All(row => row.Length == counts.Length) ? new ConfusionLook(LabelsOf(root, counts.Length), counts) : null;
        }
        catch (Exception problem) when (problem is JsonException or InvalidOperationException or FormatException)
        {
            // A matrix of something else; the tables of the document show it as it is.
            return null;
        }
    }

    /// <summary>The matrix as a table, or, where it has too many classes to be read, the mistakes made most often.</summary>
    public Html Show()
    {
        Html mistakes = Labels.Count <= Shades ? Html.Empty : Mistakes();
        if (Labels.Count > MostClasses)
            return Html.Of($"<p class=\"note\">A table of {Labels.Count} classes cannot be read; these are the mistakes made most often.</p>{mistakes}");

        Html head = Html.Of($"<td></td>{Html.Join(Labels.Select(label => Html.Of($"<th scope=\"col\"><span class=\"turn\">{label}</span></th>")))}");
        return Html.Of($"<p class=\"quiet\">Rows are what was to be seen, columns what was said; bold is right, and a dot is none.</p>{Tables.Of("Confusion", head, Counts.Select((row, place) => Row(Labels[place], row, place)), "matrix")}{mistakes}");
    }

    private static Html Row(string label, long[] row, int place)
    {
        long all = Math.Max(1, row.Sum());
        return Html.Of($"<tr><th scope=\"row\">{label}</th>{Html.Join(row.Select((count, column) => Cell(count, all, column == place)))}</tr>");
    }

    private static Html Cell(long count, long all, bool isRight)
    {
        int shade = count <= 0 ? 0 : (int)Math.Clamp(Math.Ceiling((double)count * Shades / all), 1, Shades);
        return Html.Of($"<td class=\"h{shade}{(isRight ? " right" : string.Empty)}\">{(count == 0 ? "·" : count.ToString(CultureInfo.InvariantCulture))}</td>");
    }

    private Html Mistakes()
    {
        var worst = Counts.SelectMany((row, shown) => row.Select((count, said) => (Shown: shown, Said: said, Count: count)))
            .Where(cell => cell.Shown != cell.Said && cell.Count > 0)
            .OrderByDescending(cell => cell.Count)
            .Take(MostMistakes)
            .ToArray();
        return worst.Length == 0
            ? Html.Of($"<p>There are no mistakes.</p>")
            : Html.Of($"<details><summary>Mistakes made most often</summary>{Tables.Of("Mistakes made most often", Tables.Head("shown", "said", "#clips"), worst.Select(cell => Html.Of($"<tr><td>{Labels[cell.Shown]}</td><td>{Labels[cell.Said]}</td><td class=\"number\">{cell.Count}</td></tr>")), string.Empty)}</details>");
    }

    private static string[] LabelsOf(JsonElement root, int count)
    {
        string[] labels = Names(root, "labels", label => label.GetString()) ?? Names(root, "classes", each => each.TryGetProperty("label", out JsonElement label) ? label.GetString() : null) ?? [];
        return labels.Length == count ? labels : [.. Enumerable.Range(0, count).Select(number => number.ToString(CultureInfo.InvariantCulture))];
    }

    private static string[]? Names(JsonElement root, string member, Func<JsonElement, string?> name) =>
        root.TryGetProperty(member, out JsonElement list) && list.ValueKind == JsonValueKind.Array ? [.. list.EnumerateArray().Select(each => name(each) ?? string.Empty)] : null;
}
