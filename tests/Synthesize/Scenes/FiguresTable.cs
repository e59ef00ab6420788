using System.Globalization;
using System.Text;

namespace Unreel.Synthesize.Tests.Scenes;

/// <summary>The table of measured figures in the project's README, a row for presets that have the same.</summary>
internal static class FiguresTable
{
    public const string Begin = "<!-- figures: begin -->\n", End = "<!-- figures: end -->\n";

    private const int Width = 120;

    private static readonly string[] Progression =
    [
        "static-circles", "moving-circles", "moving-shapes", "moving-and-transforming-shapes", "accelerating-and-transforming-shapes",
        "accelerating-and-transforming-textures",
    ];

    public static string Make()
    {
        IGrouping<string, string>[] rows = [.. PresetLibrary.Names(SynthesisKind.Videos).OrderBy(Place).GroupBy(Objects)];
        StringBuilder text = new(Begin);
        Line(text, "| set | shapes | speed | acceleration | turn | scale, shear | circles | frames | colours | black |");
        Line(text, "|---|---|---|---|---|---|---|---|---|---|");
        foreach (IGrouping<string, string> row in rows)
            Line(text, $"| {row.First()}{(row.Count() > 1 ? $" and {row.Count() - 1} more" : "")} | {row.Key} | {Seen(row.First())} |");

        foreach (IGrouping<string, string> row in rows.Where(row => row.Count() > 1))
            Paragraph(text, $"As {row.First()}: {string.Join(", ", row.Skip(1))}.");

        Paragraph(text, Radii());
        return text.Append(End).ToString();
    }

    // The progression in its order, then the rest by name, those without objects last; the first of a group gives it its name.
    private static int Place(string name) => Array.IndexOf(Progression, name) is var place and >= 0 ? place
        : SceneStatistics.Of(name).Preset.Objects > 0 ? Progression.Length : Progression.Length + 1;

    private static string Objects(string name)
    {
        SceneStatistics found = SceneStatistics.Of(name);
        string lengths = Text($"{found.LengthCounts.Keys.First()} to {found.LengthCounts.Keys.Last()}");
        return found.Preset.Objects == 0
            ? $"no objects | | | | | | {lengths}"
            : string.Join(" | ", Shapes(found), Speed(found), Acceleration(found), Transforms(found), lengths);
    }

    private static string Shapes(SceneStatistics found)
    {
        double[] percent = [.. found.Shapes.Where(count => count > 0).Select(count => 100.0 * count / found.Shapes.Sum())];
        double mean = percent.Average(), fifths = Math.Ceiling(5 * percent.Max(share => Math.Abs(share - mean)));
        return percent.Length == 1 ? "circles" : Text($"{percent.Length}, {mean:F1} ±{fifths / 5:F1} % each");
    }

    private static string Speed(SceneStatistics found) => found.Speed.Max == 0 ? "0" : Text($"{found.Speed.Min:F2} to {found.Speed.Max:F2}");

    // The paper's figure, the second derivative of the way, is twice the factor of t^2.
    private static string Acceleration(SceneStatistics found) => found.Acceleration.Reach == 0 ? "0" : Text($"±{2 * found.Acceleration.Reach:F3}");

    private static string Transforms(SceneStatistics found)
    {
        if (found.Polygons.Used == 0)
            return "0 | 0 | ";

        string circles = found.Circles.Used > 0 ? "turn, scale" : "do not";
        return Text($"±{found.Polygons.Turn.Reach:F2}° | ±{found.Polygons.ScaleX.Reach:F4}, ±{found.Polygons.ShearX.Reach:F4} | {circles}");
    }

    private static string Seen(string name)
    {
        SynthesisPreset preset = SceneStatistics.Of(name).Preset;
        if (preset.Objects == 0)
            return " | ";

        (FrameStatistics first, FrameStatistics later) = (FrameStatistics.Of(preset, 0), FrameStatistics.Of(preset, 100));
        return Text($"{first.Colours:F1}, {later.Colours:F1} | {Percent(first)}, {Percent(later)} %");

        static string Percent(FrameStatistics frame) => Text($"{100 * frame.Black:F1}");
    }

    private static string Radii()
    {
        long[] radii = SceneStatistics.Of(Progression[0]).Radii;
        double mean = radii.Select((count, radius) => (double)count * radius).Sum() / radii.Sum();
        return Text($"Radii, in pixels, of every set: mean {mean:F1}, median {Shares.Percentile(radii, 0.5)}, 10th percentile {Shares.Percentile(radii, 0.1)}, 90th {Shares.Percentile(radii, 0.9)}, 99th {Shares.Percentile(radii, 0.99)}, largest of {radii.Sum():N0} {Array.FindLastIndex(radii, count => count > 0)}.");
    }

    private static void Line(StringBuilder text, string line) => text.Append(line).Append('\n');

    private static void Paragraph(StringBuilder text, string words)
    {
        text.Append('\n');
        string line = "";
        foreach (string word in words.Split(' '))
        {
            if (line.Length + 1 + word.Length > Width)
            {
                Line(text, line);
                line = "";
            }

            line += line.Length == 0 ? word : " " + word;
        }

        Line(text, line);
    }

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
