using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Unreel.Onnx;
using Unreel.Serve.Registry;

namespace Unreel.Cli.Output;

/// <summary>Prints the outline of a model.</summary>
internal static class ModelPrinter
{
    /// <summary>For people.</summary>
    public static void Print(ModelLook look)
    {
        Console.WriteLine($"model {look.File}");
        if (look.Outline is not { } outline)
        {
            Console.WriteLine($"  cannot be looked at: {look.Problem}");
            return;
        }

        Line("producer", outline.Model.Producer);
        Line("opsets", string.Join(", ", outline.Model.Opsets.Select(opset => $"{opset.Key} {opset.Value}")));
        Line("precision", outline.Precision);
        Line("parameters", Units.Count(outline.Parameters));
        Line("size", Units.Bytes(outline.Model.Bytes));
        Line("cost", outline.MultiplyAdds is { } cost ? $"{Units.Count(cost)} multiply-adds for one clip{Bound(outline)}" : "depends on extents that are left open");
        foreach (TensorDescription input in outline.Model.Inputs)
            Line("input", input.ToString());
        foreach (TensorDescription output in outline.Model.Outputs)
            Line("output", output.ToString());
        Line("operators", string.Join(", ", outline.Model.Operators.OrderByDescending(one => one.Value).Select(one => $"{one.Key} {one.Value}")));
        foreach ((string name, string value) in look.Contract())
            Line("contract", $"{name}: {value}");
        foreach (string note in outline.Notes)
            Line("note", note);
        Blocks(outline);
    }

    /// <summary>For programs.</summary>
    public static JsonObject Describe(ModelLook look)
    {
        if (look.Outline is not { } outline)
            return new JsonObject { ["file"] = look.File, ["problem"] = look.Problem };

        return new JsonObject
        {
            ["file"] = look.File,
            ["producer"] = outline.Model.Producer,
            ["opsets"] = JsonSerializer.SerializeToNode(outline.Model.Opsets, JsonLine.Options),
            ["precision"] = outline.Precision,
            ["parameters"] = outline.Parameters,
            ["weightBytes"] = outline.Bytes,
            ["bytes"] = outline.Model.Bytes,
            ["multiplyAdds"] = outline.MultiplyAdds,
            ["bound"] = JsonSerializer.SerializeToNode(outline.Bound, JsonLine.Options),
            ["inputs"] = JsonSerializer.SerializeToNode(outline.Model.Inputs, JsonLine.Options),
            ["outputs"] = JsonSerializer.SerializeToNode(outline.Model.Outputs, JsonLine.Options),
            ["operators"] = JsonSerializer.SerializeToNode(outline.Model.Operators, JsonLine.Options),
            ["contract"] = new JsonObject(look.Contract().Select(entry => KeyValuePair.Create(entry.Key, (JsonNode?)entry.Value))),
            ["blocks"] = JsonSerializer.SerializeToNode(outline.Blocks, JsonLine.Options),
            ["notes"] = JsonSerializer.SerializeToNode(outline.Notes, JsonLine.Options),
        };
    }

    // Repeated blocks are told once, with their layers.
    private static void Blocks(ModelOutline outline)
    {
        TextTable table = new("  LAYER", "OPERATOR", "PARAMETERS", "BYTES", "MULTIPLY-ADDS", "SHARE", "PRECISION", "OUTPUT");
        foreach (OutlineRun run in outline.Runs)
        {
            string times = run.Times > 1 ? string.Create(CultureInfo.InvariantCulture, $" × {run.Times}, each") : string.Empty;
            table.Add($"  {run.Name}{times}", string.Empty, Units.Count(run.Parameters), Units.Bytes(run.Bytes), Cost(run.MultiplyAdds), Share(run.MultiplyAdds * run.Times, outline.MultiplyAdds), run.Precision, run.Blocks[^1].Output);
            foreach (OutlineLayer layer in run.Blocks.SelectMany(block => block.Layers))
                table.Add($"    {layer.Name}", layer.Operator, Units.Count(layer.Parameters), Units.Bytes(layer.Bytes), Cost(layer.MultiplyAdds), Share(layer.MultiplyAdds, outline.MultiplyAdds), layer.Precision, layer.Output);
        }

        table.Add("  all", string.Empty, Units.Count(outline.Parameters), Units.Bytes(outline.Bytes), Cost(outline.MultiplyAdds), string.Empty, outline.Precision, string.Empty);
        table.Write(Console.Out);
    }

    private static string Bound(ModelOutline outline) =>
        outline.Bound.Count == 0 ? string.Empty : $" ({string.Join(", ", outline.Bound.Select(extent => $"{extent.Key} = {extent.Value}"))})";

    private static string Cost(long? multiplyAdds) => multiplyAdds is { } known ? Units.Count(known) : "?";

    private static string Share(long? part, long? whole) =>
        part is { } some && whole is > 0 and var all ? string.Create(CultureInfo.InvariantCulture, $"{100.0 * some / all:0.0} %") : "?";

    private static void Line(string name, string value) => Console.WriteLine($"  {name,-11} {value}");
}
