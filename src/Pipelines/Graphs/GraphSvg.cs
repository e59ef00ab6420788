using System.Globalization;
using System.Net;
using System.Text;

namespace Unreel.Pipelines;

/// <summary>The graph of a pipeline's stages as a picture: boxes from left to right, each behind those it depends on, with states in colour and in words.</summary>
public static class GraphSvg
{
    private const int BoxWidth = 220;
    private const int BoxHeight = 58;
    private const int GapX = 60;
    private const int GapY = 22;
    private const int Margin = 16;
    private const int LineHeight = 8;
    private const int LongestId = 26;
    private const string Head = """<defs><marker id="head" viewBox="0 0 8 8" refX="8" refY="4" markerWidth="7" markerHeight="7" orient="auto"><path d="M0 0L8 4L0 8Z"/></marker></defs>""";

    private const string Style = """
        <style>
        svg{background:#fff;font-family:ui-sans-serif,system-ui,sans-serif;color-scheme:light dark}
        rect{fill:#f6f6f4;stroke:#8a8a85;stroke-width:1.5}
        path{fill:none;stroke:#8a8a85;stroke-width:1.5}
        marker path{fill:#8a8a85;stroke:none}
        text{fill:#1c1c1a;font-size:13px}
        .id{font-weight:600}
        .up-to-date rect,.done rect{fill:#e3f1e5;stroke:#2e7d3c}
        .would-run rect{fill:#fdf0d5;stroke:#b0770a}
        .failed rect,.refused rect,.cancelled rect{fill:#fbe3e0;stroke:#b3372a}
        .skipped rect{stroke-dasharray:5 4}
        @media(prefers-color-scheme:dark){svg{background:#1b1b1a}rect{fill:#2a2a28}text{fill:#ececea}
        .up-to-date rect,.done rect{fill:#1d3a23;stroke:#5fb56f}.would-run rect{fill:#43330f;stroke:#d8a13a}
        .failed rect,.refused rect,.cancelled rect{fill:#4a201b;stroke:#e0776b}}
        </style>
        """;

    /// <summary>Draws the graph.</summary>
    /// <param name="title">What it is a graph of.</param>
    /// <param name="outcomes">The stages with their states, each after those it depends on.</param>
    public static string Draw(string title, IReadOnlyList<RunOutcome> outcomes)
    {
        GraphPlaces places = new([.. outcomes.Select(outcome => outcome.Stage)], BoxHeight, LineHeight, GapY);
        int width = 2 * Margin + places.Columns * (BoxWidth + GapX) - GapX;
        int height = 2 * Margin + places.Height;
        StringBuilder svg = new();
        svg.Append(CultureInfo.InvariantCulture, $"<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {width} {height}\" width=\"{width}\" height=\"{height}\" role=\"img\" aria-label=\"{Text(title)}\">\n");
        svg.Append(CultureInfo.InvariantCulture, $"<title>{Text(title)}</title>\n{Style}\n{Head}\n");
        foreach (RunOutcome outcome in outcomes)
        {
            foreach (string needed in outcome.Stage.Dependencies)
                Edge(svg, places.Way(needed, outcome.Stage.Id));
        }

        foreach (RunOutcome outcome in outcomes)
        {
            (int column, int top) = places.Of(outcome.Stage.Id);
            Box(svg, outcome, (Left(column), Margin + top));
        }

        return svg.Append("</svg>\n").ToString();
    }

    private static int Left(int column) => Margin + column * (BoxWidth + GapX);

    /// <summary>A line from box to box: curved between the columns, straight through those it passes, where nothing stands in its way.</summary>
    private static void Edge(StringBuilder svg, IReadOnlyList<(int Column, int Y)> way)
    {
        (int x, int y) = (Left(way[0].Column) + BoxWidth, Margin + way[0].Y);
        svg.Append(CultureInfo.InvariantCulture, $"<path marker-end=\"url(#head)\" d=\"M{x} {y}");
        foreach ((int column, int at) in way.Skip(1))
        {
            (int toX, int toY) = (Left(column), Margin + at);
            svg.Append(CultureInfo.InvariantCulture, $"C{x + GapX / 2} {y} {toX - GapX / 2} {toY} {toX} {toY}");
            if (column != way[^1].Column)
                svg.Append(CultureInfo.InvariantCulture, $"H{toX + BoxWidth}");
            (x, y) = (toX + BoxWidth, toY);
        }

        svg.Append("\"/>\n");
    }

    private static void Box(StringBuilder svg, RunOutcome outcome, (int X, int Y) place)
    {
        string id = outcome.Stage.Id;
        string shown = id.Length > LongestId ? id[..(LongestId - 1)] + "…" : id;
        svg.Append(CultureInfo.InvariantCulture, $"<g class=\"{OptionTypes.EnumText(outcome.State.ToString())}\"><title>{Text($"{id}: {RunText.StateOf(outcome)}. {outcome.Reason}")}</title>");
        svg.Append(CultureInfo.InvariantCulture, $"<rect x=\"{place.X}\" y=\"{place.Y}\" width=\"{BoxWidth}\" height=\"{BoxHeight}\" rx=\"7\"/>");
        svg.Append(CultureInfo.InvariantCulture, $"<text class=\"id\" x=\"{place.X + 12}\" y=\"{place.Y + 24}\">{Text(shown)}</text>");
        svg.Append(CultureInfo.InvariantCulture, $"<text x=\"{place.X + 12}\" y=\"{place.Y + 44}\">{Text(RunText.StateOf(outcome))}</text></g>\n");
    }

    // Characters that XML has no place for cannot come from a pipeline file: YAML refuses them too.
    private static string Text(string text) => WebUtility.HtmlEncode(SecretText.Hide(text));
}
