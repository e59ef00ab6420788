using static Unreel.Onnx.OperatorRules;

namespace Unreel.Onnx;

/// <summary>Normalisations and reductions.</summary>
internal static class NormalisationRules
{
    internal static IEnumerable<OperatorRule> All { get; } =
    [
        Rules("LayerNormalization", Normalised),
        Rules("SimplifiedLayerNormalization", Normalised),
        Rules("RMSNormalization", Normalised),
        Rule("BatchNormalization", PerChannel),
        Rule("InstanceNormalization", PerChannel),
        Rule("GroupNormalization", node => node.Input(0)),
        Rule("LpNormalization", node => node.Input(0)),
        Rules($"{Ort}.SkipLayerNormalization", Skip),
        Rules($"{Ort}.SkipSimplifiedLayerNormalization", Skip),
        .. ((string[])["ReduceMean", "ReduceSum", "ReduceMax", "ReduceMin", "ReduceProd", "ReduceL1", "ReduceL2", "ReduceSumSquare", "ReduceLogSumExp"]).Select(name => Rule(name, Reduce)),
        Rule("ArgMax", Arg),
        Rule("ArgMin", Arg),
        Rule("GlobalAveragePool", Pooled),
        Rule("GlobalMaxPool", Pooled),
    ];

    private static ValueFact[] Normalised(NodeFacts node)
    {
        node.RequireType(0, ElementwiseRules.Floats);
        if (node.Shape(0) is not { } shape)
            return [node.Input(0)];

        int axis = node.Axis(node.Integer("axis", -1), shape.Count);
        Dimension[] normalised = [.. shape.Skip(axis)];
        node.RequireShape(1, normalised);
        node.RequireShape(2, normalised);
        var statistics = new ValueFact(ElementType.Float, [.. shape.Take(axis), .. normalised.Select(_ => (Dimension)1)]);
        return [node.Input(0), statistics, statistics];
    }

    private static ValueFact PerChannel(NodeFacts node)
    {
        if (node.Shape(0) is { Count: > 1 } shape)
        {
            for (int input = 1; input < node.Count; input++)
                node.RequireShape(input, shape[1]);
        }

        return node.Input(0);
    }

    // Inputs: x, what is added to it, scale, shift, bias; outputs: the sum normalised, two statistics, the sum.
    private static ValueFact[] Skip(NodeFacts node)
    {
        node.RequireType(0, ElementwiseRules.Floats);
        node.RequireRank(0, 2, 3);
        ValueFact x = node.Input(0);
        for (int input = 1; input < node.Count; input++)
            node.RequireSameType(input, 0);
        if (x.Shape is { } shape)
        {
            node.RequireExtent(1, -1, shape[^1]);
            for (int input = 2; input < node.Count; input++)
                node.RequireShape(input, shape[^1]);
        }

        return [x, ValueFact.Unknown, ValueFact.Unknown, x];
    }

    private static ValueFact Reduce(NodeFacts node)
    {
        long[]? axes = node.Integers("axes");
        if (node.Shape(0) is not { } shape || (node.Has(1) && node.Numbers(1) is null))
            return new ValueFact(node.Input(0).Type, null);

        axes ??= node.Numbers(1) ?? [];
        HashSet<int> reduced = axes.Length > 0
            ? [.. axes.Select(axis => node.Axis(axis, shape.Count))]
            : node.Integer("noop_with_empty_axes", 0) == 1 ? [] : [.. Enumerable.Range(0, shape.Count)];
        return new ValueFact(node.Input(0).Type, Without(shape, reduced, node.Integer("keepdims", 1) == 1));
    }

    private static ValueFact Arg(NodeFacts node) => new(
        ElementType.Int64,
        node.Shape(0) is { } shape ? Without(shape, [node.Axis(node.Integer("axis", 0), shape.Count)], node.Integer("keepdims", 1) == 1) : null);

    private static ValueFact Pooled(NodeFacts node) =>
        new(node.Input(0).Type, node.Shape(0) is { } shape ? [.. shape.Select((extent, axis) => axis < 2 ? extent : 1)] : null);

    private static Dimension[] Without(IReadOnlyList<Dimension> shape, HashSet<int> axes, bool keep) =>
        [.. shape.Select((extent, axis) => axes.Contains(axis) ? (Dimension)1 : extent).Where((_, axis) => keep || !axes.Contains(axis))];
}
