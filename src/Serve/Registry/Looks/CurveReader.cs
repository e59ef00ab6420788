using System.Globalization;
using System.Text.Json;

namespace Unreel.Serve.Registry;

/// <summary>Finds curves in what training leaves: JSON lines with a step each, or a table with a column of steps.</summary>
internal static class CurveReader
{
    private const int MostCurves = 16;

    private static readonly string[] Alongs = ["step", "epoch"];

    /// <summary>Reads JSON lines; empty where they have no steps. A last line that a killed run left half written is left out.</summary>
    public static IReadOnlyList<Curve> ReadLines(ReadOnlySpan<byte> bytes)
    {
        Dictionary<string, List<(double, double)>> figures = new(StringComparer.Ordinal);
        string? along = null;
        while (!bytes.IsEmpty)
        {
            int end = bytes.IndexOf((byte)'\n');
            ReadOnlySpan<byte> line = end < 0 ? bytes : bytes[..end];
            bytes = end < 0 ? [] : bytes[(end + 1)..];
            if (!line.Trim(" \r\t"u8).IsEmpty && !TryLine(line, ref along, figures))
                break;
        }

        return Curves(figures, along);
    }

    /// <summary>Reads a table with a head; empty where none of its columns counts steps.</summary>
    public static IReadOnlyList<Curve> ReadTable(IReadOnlyList<string[]> rows)
    {
        if (rows is not [var head, ..] || Alongs.FirstOrDefault(name => head.Contains(name, StringComparer.Ordinal)) is not { } along)
            return [];

        Dictionary<string, List<(double, double)>> figures = new(StringComparer.Ordinal);
        int place = Array.IndexOf(head, along);
        foreach (string[] row in rows.Skip(1).Where(row => row.Length == head.Length))
        {
            if (!TryNumber(row[place], out double x))
                continue;

            for (int column = 0; column < head.Length; column++)
            {
                if (column != place && TryNumber(row[column], out double y))
                    Add(figures, head[column], x, y);
            }
        }

        return Curves(figures, along);
    }

    private static bool TryNumber(string text, out double value) =>
        double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out value) && double.IsFinite(value);

    private static bool TryLine(ReadOnlySpan<byte> line, ref string? along, Dictionary<string, List<(double, double)>> figures)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(line.ToArray());
            JsonElement root = document.RootElement;
            if (root.ValueKind != JsonValueKind.Object)
                return false;

            along ??= Alongs.FirstOrDefault(name => root.TryGetProperty(name, out JsonElement value) && value.ValueKind == JsonValueKind.Number);
            if (along is null || !root.TryGetProperty(along, out JsonElement at) || at.ValueKind != JsonValueKind.Number)
                return false;

            Take(root, string.Empty, along, at.GetDouble(), figures);
            return true;
        }
        catch (JsonException)
        {
            return false;
        }
    }

    private static void Take(JsonElement parent, string prefix, string along, double x, Dictionary<string, List<(double, double)>> figures)
    {
        foreach (JsonProperty member in parent.EnumerateObject())
        {
            if (member.Value.ValueKind == JsonValueKind.Object && prefix.Length == 0)
                Take(member.Value, $"{member.Name}.", along, x, figures);
            else if (member.Value.ValueKind == JsonValueKind.Number && prefix + member.Name != along && double.IsFinite(member.Value.GetDouble()))
                Add(figures, prefix + member.Name, x, member.Value.GetDouble());
        }
    }

    private static void Add(Dictionary<string, List<(double, double)>> figures, string name, double x, double y)
    {
        if (figures.TryGetValue(name, out List<(double, double)>? points))
            points.Add((x, y));
        else if (figures.Count < MostCurves)
            figures[name] = [(x, y)];
    }

    // How often the data was seen says the same as the step; losses and accuracies are what people look for first.
    private static Curve[] Curves(Dictionary<string, List<(double, double)>> figures, string? along) =>
        [.. figures.Where(pair => pair.Value.Count > 1 && !Alongs.Contains(pair.Key)).OrderBy(pair => Rank(pair.Key)).Select(pair => new Curve(pair.Key, along!, pair.Value))];

    private static int Rank(string name) => name switch
    {
        "loss" => 0,
        _ when name.Contains("loss", StringComparison.Ordinal) => 1,
        _ when name.Contains("top1", StringComparison.Ordinal) || name.Contains("accuracy", StringComparison.Ordinal) => 2,
        _ => 3,
    };
}
