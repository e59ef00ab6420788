using static Unreel.Onnx.OperatorRules;

namespace Unreel.Onnx;

/// <summary>Operators that move, repeat or resample elements.</summary>
internal static class MovementRules
{
    internal static IEnumerable<OperatorRule> All { get; } =
    [
        Rule("Transpose", Transpose),
        Rule("Concat", Concat),
        Rules("Split", Split),
        Rule("Expand", Expand),
        Rule("Tile", Tile),
        Rule("Pad", Pad),
        Rule("Resize", Resize),
    ];

    private static ValueFact Transpose(NodeFacts node)
    {
        if (node.Shape(0) is not { } shape)
            return new ValueFact(node.Input(0).Type, null);

        long[] order = node.Integers("perm") ?? [.. Enumerable.Range(0, shape.Count).Reverse().Select(axis => (long)axis)];
        if (!order.Order().SequenceEqual(Enumerable.Range(0, shape.Count).Select(axis => (long)axis)))
            throw node.Wrong(0, $"as many extents as perm [{string.Join(", ", order)}] orders");
        return new ValueFact(node.Input(0).Type, [.. order.Select(axis => shape[(int)axis])]);
    }

    private static ValueFact Concat(NodeFacts node)
    {
        ElementType? type = node.Input(0).Type;
        for (int input = 1; input < node.Count; input++)
            node.RequireSameType(input, 0);
        IReadOnlyList<Dimension>?[] shapes = [.. Enumerable.Range(0, node.Count).Select(node.Shape)];
        if (shapes.Any(shape => shape is null))
            return new ValueFact(type, null);

        Dimension[] joined = [.. shapes[0]!];
        int axis = node.Axis(node.Required("axis"), joined.Length);
        for (int input = 1; input < shapes.Length; input++)
        {
            joined[axis] = default;
            node.RequireShape(input, joined);
            joined = [.. joined.Zip(shapes[input]!, Extents.Merge)];
        }

        joined[axis] = Sum(shapes.Select(shape => shape![axis]));
        return new ValueFact(type, joined, joined.Length == 1 ? Joined(node) : null);
    }

    private static Dimension[]? Joined(NodeFacts node)
    {
        IReadOnlyList<Dimension>?[] parts = [.. Enumerable.Range(0, node.Count).Select(node.Values)];
        return parts.Any(part => part is null) ? null : [.. parts.SelectMany(part => part!)];
    }

    private static Dimension Sum(IEnumerable<Dimension> extents)
    {
        long sum = 0;
        foreach (Dimension extent in extents)
        {
            if (extent.Size is not { } size)
                return default;
            sum += size;
        }

        return sum;
    }

    private static ValueFact[] Split(NodeFacts node)
    {
        ElementType? type = node.Input(0).Type;
        int count = node.Node.Output.Count;
        if (node.Shape(0) is not { } shape)
            return [.. Enumerable.Repeat(new ValueFact(type, null), count)];

        int axis = node.Axis(node.Integer("axis", 0), shape.Count);
        if ((node.Integers("split") ?? node.Numbers(1)) is not { } sizes)
            sizes = shape[axis].Size is { } whole && !node.Has(1) ? Even(node, whole, count) : [];
        if (sizes.Length > 0 && (sizes.Length != count || Extents.Differ(shape[axis], sizes.Sum())))
            throw node.Wrong(0, $"{count} parts of [{string.Join(", ", sizes)}] along axis {axis}");
        return [.. Enumerable.Range(0, count).Select(part => new ValueFact(type, With(shape, axis, sizes.Length > 0 ? sizes[part] : default(Dimension))))];
    }

    private static long[] Even(NodeFacts node, long whole, int count)
    {
        // From opset 18 on the last part may be smaller; before, that is an error.
        long part = (whole + count - 1) / count, last = whole - (part * (count - 1));
        if (last != part && (last < 0 || node.Attribute("num_outputs") is null))
            throw node.Wrong(0, $"an extent that {count} equal parts fill");
        return [.. Enumerable.Repeat(part, count - 1), last];
    }

    private static ValueFact Expand(NodeFacts node)
    {
        node.RequireType(1, ElementType.Int64);
        if (node.Values(1) is not { } target || node.Shape(0) is not { } shape)
            return new ValueFact(node.Input(0).Type, null);

        Dimension[]? expanded = Extents.Broadcast([shape, target], out int clash);
        return clash < 0 ? new ValueFact(node.Input(0).Type, expanded) : throw node.Wrong(0, $"extents that fit {Extents.Text(target)}");
    }

    private static ValueFact Tile(NodeFacts node) => new(
        node.Input(0).Type,
        node.Shape(0) is { } shape && node.Values(1) is { } repeats && repeats.Count == shape.Count ? [.. shape.Zip(repeats, (extent, times) => Extents.Product([extent, times]))] : Unknown(node));

    // Pads come as all beginnings, then all ends, of all axes or of those in input 3.
    private static ValueFact Pad(NodeFacts node)
    {
        if (node.Shape(0) is not { } shape || (node.Integers("pads") ?? node.Numbers(1)) is not { } pads || node.Has(3) || pads.Length != 2 * shape.Count)
            return new ValueFact(node.Input(0).Type, Unknown(node));
        return new ValueFact(node.Input(0).Type, [.. shape.Select((extent, axis) => Added(extent, pads[axis] + pads[shape.Count + axis]))]);
    }

    private static ValueFact Resize(NodeFacts node)
    {
        ElementType? type = node.Input(0).Type;
        if (node.Shape(0) is not { } shape || node.Attribute("axes") is not null)
            return new ValueFact(type, Unknown(node));
        if (node.Values(3) is { } sizes)
            return sizes.Count == shape.Count ? new ValueFact(type, sizes) : throw node.Fault($"input 3: expected {shape.Count} sizes, found {sizes.Count}");
        return node.Floats(2) is { } scales && scales.Length == shape.Count
            ? new ValueFact(type, [.. shape.Zip(scales, Scaled)])
            : new ValueFact(type, Unknown(node));
    }

    private static Dimension Scaled(Dimension extent, float scale) =>
        scale == 1 ? extent : extent.Size is { } size ? (long)Math.Floor(size * (double)scale) : default;

    private static Dimension Added(Dimension extent, long pad) => pad == 0 ? extent : extent.Size is { } size ? size + pad : default(Dimension);

    private static Dimension[]? Unknown(NodeFacts node) => node.Shape(0) is { } shape ? new Dimension[shape.Count] : null;

    private static Dimension[] With(IReadOnlyList<Dimension> shape, int axis, Dimension extent) => [.. shape.Select((old, place) => place == axis ? extent : old)];
}
