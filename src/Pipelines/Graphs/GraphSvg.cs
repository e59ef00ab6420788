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
    private const int LongestId = 26;

    private const string Style = """
        <style>
        svg{background:#fff;font-family:ui-sans-serif,system-ui,sans-serif;color-scheme:light dark}
        rect{fill:#f6f6f4;stroke:#8a8a85;stroke-width:1.5}
        path{fill:none;stroke:#8a8a85;stroke-width:1.5}
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
        Dictionary<string, (int X, int Y)> places = Places([.. outcomes.Select(outcome => outcome.Stage)]);
        int width = places.Values.Select(place => place.X + BoxWidth).DefaultIfEmpty(0).Max() + Margin;
        int height = places.Values.Select(place => place.Y + BoxHeight).DefaultIfEmpty(0).Max() + Margin;
        StringBuilder svg = new();
        svg.Append(CultureInfo.InvariantCulture, $"<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {width} {height}\" width=\"{width}\" height=\"{height}\" role=\"img\" aria-label=\"{Text(title)}\">\n");
        svg.Append(CultureInfo.InvariantCulture, $"<title>{Text(title)}</title>\n{Style}\n");
        foreach (RunOutcome outcome in outcomes)
        {
            foreach (string needed in outcome.Stage.Dependencies)
                Edge(svg, places[needed], places[outcome.Stage.Id]);
        }

        foreach (RunOutcome outcome in outcomes)
            Box(svg, outcome, places[outcome.Stage.Id]);
        return svg.Append("</svg>\n").ToString();
    }

    /// <summary>A column for each length of the longest way to a stage; in a column the order of the file.</summary>
    private static Dictionary<string, (int X, int Y)> Places(IReadOnlyList<PlannedStage> stages)
    {
        Dictionary<string, int> depth = [];
        foreach (PlannedStage stage in stages)
            depth[stage.Id] = stage.Dependencies.Select(id => depth[id] + 1).DefaultIfEmpty(0).Max();

        Dictionary<int, int> filled = [];
        Dictionary<string, (int, int)> places = [];
        foreach (PlannedStage stage in stages)
        {
            int column = depth[stage.Id], row = filled.GetValueOrDefault(column);
            filled[column] = row + 1;
            places[stage.Id] = (Margin + column * (BoxWidth + GapX), Margin + row * (BoxHeight + GapY));
        }

        return places;
    }

    private static void Edge(StringBuilder svg, (int X, int Y) from, (int X, int Y) to)
    {
        (int x1, int y1, int x2, int y2) = (from.X + BoxWidth, from.Y + BoxHeight / 2, to.X, to.Y + BoxHeight / 2);
        svg.Append(CultureInfo.InvariantCulture, $"<path d=\"M{x1} {y1}C{x1 + GapX / 2} {y1} {x2 - GapX / 2} {y2} {x2} {y2}\"/>\n");
    }

    private static void Box(StringBuilder svg, RunOutcome outcome, (int X, int Y) place)
    {
        string id = outcome.Stage.Id;
        string shown = id.Length > LongestId ? id[..(LongestId - 1)] + "…" : id;
        svg.Append(CultureInfo.InvariantCulture, $"<g class=\"{OptionTypes.EnumText(outcome.State.ToString())}\"><title>{Text($"{id}: {RunText.Of(outcome.State)}. {outcome.Reason}")}</title>");
        svg.Append(CultureInfo.InvariantCulture, $"<rect x=\"{place.X}\" y=\"{place.Y}\" width=\"{BoxWidth}\" height=\"{BoxHeight}\" rx=\"7\"/>");
        svg.Append(CultureInfo.InvariantCulture, $"<text class=\"id\" x=\"{place.X + 12}\" y=\"{place.Y + 24}\">{Text(shown)}</text>");
        svg.Append(CultureInfo.InvariantCulture, $"<text x=\"{place.X + 12}\" y=\"{place.Y + 44}\">{Text(RunText.Of(outcome.State))}</text></g>\n");
    }

    // Characters that XML has no place for cannot come from a pipeline file: YAML refuses them too.
    private static string Text(string text) => WebUtility.HtmlEncode(SecretText.Hide(text));
}
