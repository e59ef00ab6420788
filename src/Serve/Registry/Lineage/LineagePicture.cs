using Unreel.Artifacts;
using Unreel.Serve.Http;

namespace Unreel.Serve.Registry;

/// <summary>Draws lineage from left to right: inputs, the artifact looked at, what was made from it. Every artifact is a link.</summary>
internal static class LineagePicture
{
    private const double BoxWidth = 182, BoxHeight = 56, GapX = 48, GapY = 14, Margin = 4;

    private const int MostInColumn = 12, MostText = 26;

    /// <summary>The picture and what it leaves out; nothing for an artifact that is alone.</summary>
    public static Html Of(LineageView view, IndexSnapshot snapshot)
    {
        if (view.Nodes.Count == 1)
            return Html.Empty;

        Dictionary<string, Place> places = Lay(view, out int hidden, out double width, out double height);
        Html edges = Html.Join(view.Edges.Where(edge => places.ContainsKey(edge.From) && places.ContainsKey(edge.To)).Select(edge => Arrow(places[edge.From], places[edge.To], edge.Option)));
        Html boxes = Html.Join(places.Values.OrderBy(place => place.Node.Column).ThenBy(place => place.Y).Select(place => Box(place, snapshot)));
        int leftOut = view.LeftOut + hidden;
        Html note = leftOut == 0 ? Html.Empty : Html.Of($"<p class=\"note\">{leftOut} more {(leftOut == 1 ? "artifact is" : "artifacts are")} left out of the picture.</p>");
        return Html.Of($"""
            <div class="lineage scroll" role="region" aria-label="Lineage drawn from left to right" tabindex="0">
            <svg class="graph" width="{width:0}" height="{height:0}" viewBox="0 0 {width:0} {height:0}" role="group" aria-label="Lineage: inputs on the left, what was made from them on the right">
            {edges}{boxes}</svg></div>{note}
            """);
    }

    private static Dictionary<string, Place> Lay(LineageView view, out int hidden, out double width, out double height)
    {
        IGrouping<int, LineageNode>[] columns = [.. view.Nodes.GroupBy(node => node.Column).OrderBy(column => column.Key)];
        hidden = columns.Sum(column => Math.Max(0, column.Count() - MostInColumn));
        int tallest = columns.Max(column => Math.Min(MostInColumn, column.Count()));
        height = (2 * Margin) + (tallest * (BoxHeight + GapY)) - GapY;
        width = (2 * Margin) + (columns.Length * (BoxWidth + GapX)) - GapX;
        Dictionary<string, Place> places = [];
        for (int column = 0; column < columns.Length; column++)
        {
            LineageNode[] nodes = [.. columns[column].Take(MostInColumn)];
            double top = (height - (nodes.Length * (BoxHeight + GapY)) + GapY) / 2;
            for (int row = 0; row < nodes.Length; row++)
                places[nodes[row].Id] = new Place(nodes[row], Margin + (column * (BoxWidth + GapX)), top + (row * (BoxHeight + GapY)));
        }

        return places;
    }

    private static Html Arrow(Place from, Place to, string option)
    {
        double x1 = from.X + BoxWidth, y1 = from.Y + (BoxHeight / 2), x2 = to.X - 3, y2 = to.Y + (BoxHeight / 2), bend = GapX / 2;
        return Html.Of($"<path class=\"arrow\" d=\"M{x1:0.#} {y1:0.#}C{x1 + bend:0.#} {y1:0.#} {x2 - bend:0.#} {y2:0.#} {x2:0.#} {y2:0.#}m-6 -4l6 4l-6 4\"><title>as {option}</title></path>");
    }

    private static Html Box(Place place, IndexSnapshot snapshot)
    {
        LineageNode node = place.Node;
        if (node.Reference is not { } artifact)
            return Drawn(place, "end", node.Text, "not in this store", node.Id[.."sha256:".Length] + node.Id["sha256:".Length..][..12]);

        string kind = ArtifactReference.KindText(artifact.Kind);
        string tags = string.Join(", ", snapshot.TagsOf(artifact));
        bool isHere = node.Column == 0;
        Html drawn = Drawn(place, isHere ? "here" : string.Empty, artifact.Name, $"{kind} · {node.Stage}", tags.Length > 0 ? tags : artifact.Digest.Hex[..12]);
        return isHere
            ? drawn
            : Html.Of($"<a href=\"{RegistryRoutes.PathOf(artifact)}\" aria-label=\"{kind}/{artifact.Name} {artifact.Digest.Hex[..12]}, made by {node.Stage}\">{drawn}</a>");
    }

    private static Html Drawn(Place place, string kind, string first, string second, string third) => Html.Of($"""
        <g><title>{first}, {second}, {third}</title>
        <rect class="box {kind}" x="{place.X:0.#}" y="{place.Y:0.#}" width="{BoxWidth}" height="{BoxHeight}" rx="6"/>
        <text class="name" x="{place.X + 9:0.#}" y="{place.Y + 19:0.#}">{Short(first, MostText - 2)}</text>
        <text x="{place.X + 9:0.#}" y="{place.Y + 34:0.#}">{Short(second, MostText + 6)}</text>
        <text class="type" x="{place.X + 9:0.#}" y="{place.Y + 48:0.#}">{Short(third, MostText + 4)}</text></g>
        """);

    private static string Short(string text, int most) => text.Length <= most ? text : text[..(most - 1)] + "…";

    private sealed record Place(LineageNode Node, double X, double Y);
}
