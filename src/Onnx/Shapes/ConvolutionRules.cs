using static Unreel.Onnx.OperatorRules;

namespace Unreel.Onnx;

/// <summary>Convolutions and pooling by windows.</summary>
internal static class ConvolutionRules
{
    internal static IEnumerable<OperatorRule> All { get; } =
    [
        Rule("Conv", Convolution),
        Rule($"{Ort}.FusedConv", Convolution),
        Rule("ConvInteger", node => new ValueFact(ElementType.Int32, Shape(node, 0, 1))),
        Rule("QLinearConv", node => new ValueFact(node.Input(7).Type, Shape(node, 0, 3))),
        Rule("MaxPool", Pool),
        Rule("AveragePool", Pool),
    ];

    private static ValueFact Convolution(NodeFacts node)
    {
        node.RequireSameType(1, 0);
        node.RequireSameType(2, 0);
        return new ValueFact(node.Input(0).Type, Shape(node, 0, 1));
    }

    // x [B, C, ...], weights [D, C / groups, ...], bias [D].
    private static Dimension[]? Shape(NodeFacts node, int input, int weights)
    {
        if (node.Shape(weights) is not { } kernel || node.Shape(input) is not { } shape)
            return null;
        if (shape.Count != kernel.Count || shape.Count < 3)
            throw node.Wrong(input, $"{Math.Max(3, kernel.Count)} extents, as many as its weights {node.Input(weights)} have");

        node.RequireExtent(input, 1, Extents.Product([kernel[1], node.Integer("group", 1)]));
        if (node.Node.OpType is "Conv" or "FusedConv")
            node.RequireShape(2, kernel[0]);
        long[] window = node.Integers("kernel_shape") ?? [.. kernel.Skip(2).Select(extent => extent.Size ?? -1)];
        node.RequireShape(weights, [kernel[0], kernel[1], .. window.Select(extent => extent < 0 ? default(Dimension) : extent)]);
        return [shape[0], kernel[0], .. Windows(node, shape, window)];
    }

    private static ValueFact Pool(NodeFacts node) => new(
        node.Input(0).Type,
        node.Shape(0) is { Count: > 2 } shape ? [shape[0], shape[1], .. Windows(node, shape, node.Integers("kernel_shape") ?? throw node.Fault("attribute 'kernel_shape' is missing"))] : null);

    private static IEnumerable<Dimension> Windows(NodeFacts node, IReadOnlyList<Dimension> shape, long[] window)
    {
        int axes = window.Length;
        if (axes != shape.Count - 2)
            throw node.Wrong(0, $"{axes + 2} extents, two more than kernel_shape [{string.Join(", ", window)}] has");

        long[] strides = node.Integers("strides") ?? [.. Enumerable.Repeat(1L, axes)], dilations = node.Integers("dilations") ?? [.. Enumerable.Repeat(1L, axes)];
        long[] pads = node.Integers("pads") ?? new long[2 * axes];
        string automatic = node.Text("auto_pad", "NOTSET");
        bool up = node.Integer("ceil_mode", 0) == 1;
        for (int axis = 0; axis < axes; axis++)
        {
            long reach = (dilations[axis] * (window[axis] - 1)) + 1, padding = automatic == "VALID" ? 0 : pads[axis] + pads[axes + axis];
            yield return automatic.StartsWith("SAME", StringComparison.Ordinal)
                ? Steps(shape[axis + 2], strides[axis])
                : Places(node, shape[axis + 2], reach, strides[axis], padding, up);
        }
    }

    private static Dimension Steps(Dimension extent, long stride) => extent.Size is { } size ? (size + stride - 1) / stride : default(Dimension);

    private static Dimension Places(NodeFacts node, Dimension extent, long reach, long stride, long padding, bool up)
    {
        // Cubes side by side: an open extent is taken to be a multiple, as it must be to be covered.
        if (extent.Size is not { } size)
            return extent.Symbol is { } name && (reach, padding) == (stride, 0) ? stride == 1 ? extent : $"({name}/{stride})" : default(Dimension);
        if (reach > size + padding)
            throw node.Wrong(0, $"windows of {reach} to fit into each extent");
        return ((size + padding - reach + (up ? stride - 1 : 0)) / stride) + 1;
    }
}
