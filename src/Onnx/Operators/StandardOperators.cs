namespace Unreel.Onnx;

/// <summary>Operators whose form depends on the graph's flavour and opset.</summary>
public static class StandardOperators
{
    /// <summary>The mean over one axis; the axis is an attribute of the operator until opset 17 and an input from 18.</summary>
    public static Value Mean(this GraphBuilder graph, Value x, int axis, bool keep) => graph.Style.Opset < 18
        ? graph.Node("ReduceMean", [x], ("axes", (long[])[axis]), ("keepdims", keep ? 1 : 0))
        : graph.Node("ReduceMean", [x, graph.Integers(axis)], ("keepdims", keep ? 1 : 0));

    /// <summary>Cuts the last axis into equal parts; from opset 18 the operator says how many.</summary>
    public static Value[] Split(this GraphBuilder graph, Value x, int parts) => graph.Style.Opset < 18
        ? graph.Nodes("Split", [x], parts, ("axis", -1))
        : graph.Nodes("Split", [x], parts, ("axis", -1), ("num_outputs", parts));

    /// <summary>
    /// Exact GELU, x * (1 + erf(x / sqrt 2)) / 2: an operator of ONNX Runtime's, and of the standard from opset 20; before it, in the order of
    /// operations that ONNX Runtime knows to fuse.
    /// </summary>
    public static Value Gelu(this GraphBuilder graph, Value x)
    {
        if (graph.Style.Flavour == GraphFlavour.Ort)
            return graph.Node("com.microsoft.Gelu", [x]);
        if (graph.Style.Opset >= 20)
            return graph.Node("Gelu", [x], ("approximate", "none"));

        Value erf = graph.Node("Erf", [graph.Node("Div", [x, graph.Scalar(MathF.Sqrt(2))])]);
        Value gated = graph.Node("Mul", [x, graph.Node("Add", [erf, graph.Scalar(1)])]);
        return graph.Node("Mul", [gated, graph.Scalar(0.5f)]);
    }
}
