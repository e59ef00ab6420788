using System.Globalization;
using Unreel.Onnx;
using Unreel.Serve.Http;
using Unreel.Serve.Pages;

namespace Unreel.Serve.Registry;

/// <summary>What the page of an ONNX artifact says of its model.</summary>
internal static class ModelSection
{
    private const int MostRows = 400;

    /// <summary>The section; nothing where there is no model.</summary>
    public static Html Of(ModelLook? look)
    {
        if (look is null)
            return Html.Empty;
        if (look.Outline is not { } outline)
            return Html.Of($"<h2>Model</h2><p class=\"error\">{look.File} cannot be looked at: {look.Problem}</p>");

        return Html.Of($"""
            <h2>Model</h2>
            {GraphPicture.Of(outline)}
            {Html.Join(outline.Notes.Select(note => Html.Of($"<p class=\"note\">{note}</p>")))}
            {Tables.Facts("Model", [
                Row("precision", outline.Precision),
                Row("parameters", $"{Figures.Count(outline.Parameters)} in {Figures.Size(outline.Bytes)}"),
                Row("multiply-adds", outline.MultiplyAdds is { } cost ? $"{Figures.Count(cost)} for one clip" : "depend on extents that are left open"),
                Row("opsets", string.Join(", ", outline.Model.Opsets.Select(opset => $"{opset.Key} {Text(opset.Value)}"))),
                Row("operators", string.Join(", ", outline.Model.Operators.OrderByDescending(one => one.Value).Select(one => $"{one.Key} {Text(one.Value)}"))),
                Row("inputs", string.Join("; ", outline.Model.Inputs)),
                Row("outputs", string.Join("; ", outline.Model.Outputs)),
            ])}
            {Contract(look)}
            <details><summary>Layers</summary>{Layers(outline)}</details>
            """);
    }

    private static Html Contract(ModelLook look)
    {
        Html rows = Tables.Facts("Contract", look.Contract().Select(entry => Row(entry.Key, entry.Value)));
        return rows.Text.Length == 0 ? Html.Empty : Html.Of($"<details><summary>Contract</summary>{rows}</details>");
    }

    private static Html Layers(ModelOutline outline)
    {
        (OutlineRun Run, OutlineLayer Layer)[] layers = [.. outline.Runs.SelectMany(run => run.Blocks.SelectMany(block => block.Layers).Select(layer => (run, layer)))];
        Html more = layers.Length > MostRows ? Html.Of($"<p>and {layers.Length - MostRows} more layers</p>") : Html.Empty;
        Html head = Tables.Head("block", "layer", "operator", "#parameters", "#multiply-adds", "precision", "gives");
        return Html.Of($"{Tables.Of("Layers", head, layers.Take(MostRows).Select(row => Layer(row.Run, row.Layer)))}{more}");
    }

    private static Html Layer(OutlineRun run, OutlineLayer layer) => Html.Of($"""
        <tr><td>{run.Name}{(run.Times > 1 ? $" × {Text(run.Times)}" : string.Empty)}</td><td>{layer.Name}</td><td>{layer.Operator}</td>
        <td class="number">{Figures.Count(layer.Parameters)}</td><td class="number">{(layer.MultiplyAdds is { } cost ? Figures.Count(cost) : "?")}</td>
        <td>{layer.Precision}</td><td>{layer.Output}</td></tr>
        """);

    private static Html Row(string name, string value) => Tables.Fact(name, value);

    private static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);
}
