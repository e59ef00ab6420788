using static Unreel.Onnx.OperatorRules;

namespace Unreel.Onnx;

/// <summary>From floats to integers with scales, and back.</summary>
internal static class QuantisationRules
{
    internal static IEnumerable<OperatorRule> All { get; } =
    [
        Rule("QuantizeLinear", Quantise),
        Rule("DequantizeLinear", Dequantise),
        Rules("DynamicQuantizeLinear", Dynamic),
        Rule($"{Ort}.QuantizeLinear", Quantise),
        Rule($"{Ort}.DequantizeLinear", Dequantise),
        Rule($"{Ort}.QLinearAdd", node => Combined(node, 3, 7)),
        Rule($"{Ort}.QLinearMul", node => Combined(node, 3, 7)),
        Rule($"{Ort}.QLinearSoftmax", node => node.Input(0)),
        Rule($"{Ort}.QLinearSigmoid", node => node.Input(0)),
    ];

    private static ValueFact Quantise(NodeFacts node)
    {
        node.RequireType(0, [.. ElementwiseRules.Floats, ElementType.Int32]);
        CheckScales(node, 0);
        var type = node.Has(2) ? node.Input(2).Type : (ElementType)node.Integer("output_dtype", (long)ElementType.UInt8);
        return new ValueFact(type, node.Shape(0));
    }

    private static ValueFact Dequantise(NodeFacts node)
    {
        node.RequireType(0, ElementType.UInt8, ElementType.Int8, ElementType.Int32, ElementType.UInt16, ElementType.Int16, ElementType.UInt4, ElementType.Int4);
        node.RequireSameType(2, 0);
        CheckScales(node, 0);
        return new ValueFact(node.Input(1).Type, node.Shape(0));
    }

    // One scale for all, one for each place along the axis, or one for each block of places along it.
    private static void CheckScales(NodeFacts node, int input)
    {
        if (node.Has(2) && node.Shape(1) is { } scale && node.Shape(2) is not null)
            node.RequireShape(2, scale);
        if (node.Input(input).Type is ElementType.Int4 or ElementType.UInt4 && node.Node.Domain.Length == 0)
            node.RequireOpset(21, "4-bit integers");
        if (node.Shape(1) is not { Count: > 0 } scales || node.Shape(input) is not { } shape || scales.All(extent => extent.Size == 1))
            return;

        int axis = node.Axis(node.Integer("axis", 1), shape.Count);
        long block = node.Integer("block_size", 0);
        if (block == 0)
        {
            node.RequireShape(1, shape[axis]);
            return;
        }

        node.RequireShape(1, [.. shape.Select((extent, place) => place != axis ? extent : extent.Size is { } size ? (size + block - 1) / block : default(Dimension))]);
    }

    private static ValueFact[] Dynamic(NodeFacts node)
    {
        node.RequireType(0, ElementType.Float);
        return [new ValueFact(ElementType.UInt8, node.Shape(0)), new ValueFact(ElementType.Float, []), new ValueFact(ElementType.UInt8, [])];
    }

    private static ValueFact Combined(NodeFacts node, int other, int zeroPoint)
    {
        Dimension[]? shape = Extents.Broadcast([node.Shape(0), node.Shape(other)], out int clash);
        return clash < 0
            ? new ValueFact(node.Has(zeroPoint) ? node.Input(zeroPoint).Type : node.Input(0).Type, shape)
            : throw node.Wrong(other, $"extents that fit {node.Input(0)}");
    }
}
