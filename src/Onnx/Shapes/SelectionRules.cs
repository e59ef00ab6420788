using static Unreel.Onnx.OperatorRules;

namespace Unreel.Onnx;

/// <summary>Operators that pick elements.</summary>
internal static class SelectionRules
{
    private static readonly ElementType[] Indices = [ElementType.Int64, ElementType.Int32];

    internal static IEnumerable<OperatorRule> All { get; } =
    [
        Rule("Gather", Gather),
        Rule("GatherElements", node => new ValueFact(node.Input(0).Type, node.Shape(1))),
        Rule("GatherND", GatherMany),
        Rule("ScatterElements", node => node.Input(0) with { Values = null }),
        Rule("ScatterND", node => node.Input(0) with { Values = null }),
        Rule("Slice", Slice),
        Rules("TopK", TopK),
    ];

    private static ValueFact Gather(NodeFacts node)
    {
        node.RequireType(1, Indices);
        if (node.Shape(0) is not { } shape || node.Shape(1) is not { } indices)
            return new ValueFact(node.Input(0).Type, null);

        int axis = node.Axis(node.Integer("axis", 0), shape.Count);
        if (node.Numbers(1) is { } places && shape[axis].Size is { } size && places.Any(place => place < -size || place >= size))
            throw node.Wrong(1, $"places below {size}, of which there are [{string.Join(", ", places)}]");
        return new ValueFact(node.Input(0).Type, [.. shape.Take(axis), .. indices, .. shape.Skip(axis + 1)], Picked(node));
    }

    // The last extent of the indices says how many axes of the data, after those of the batch, one of them goes through.
    private static ValueFact GatherMany(NodeFacts node)
    {
        node.RequireType(1, ElementType.Int64);
        if (node.Shape(0) is not { } shape || node.Shape(1) is not [.., { Size: { } depth }] indices)
            return new ValueFact(node.Input(0).Type, null);

        long taken = node.Integer("batch_dims", 0) + depth;
        if (depth < 1 || taken > shape.Count)
            throw node.Wrong(1, $"as last extent 1 to the {shape.Count - node.Integer("batch_dims", 0)} axes that are left of the data");
        return new ValueFact(node.Input(0).Type, [.. indices.SkipLast(1), .. shape.Skip((int)taken)]);
    }

    private static Dimension[]? Picked(NodeFacts node) =>
        node.Shape(0) is { Count: 1 } && node.Values(0) is { } values && node.Numbers(1) is { } places
            ? [.. places.Select(place => values[(int)(place < 0 ? place + values.Count : place)])]
            : null;

    // Inputs: data, starts, ends, axes, steps; attributes before opset 10.
    private static ValueFact Slice(NodeFacts node)
    {
        ElementType? type = node.Input(0).Type;
        if (node.Shape(0) is not { } shape)
            return new ValueFact(type, null);

        long[]? starts = node.Integers("starts") ?? node.Numbers(1), ends = node.Integers("ends") ?? node.Numbers(2);
        long[]? axes = node.Integers("axes") ?? (node.Has(3) ? node.Numbers(3) : [.. Enumerable.Range(0, starts?.Length ?? 0).Select(axis => (long)axis)]);
        long[]? steps = node.Has(4) ? node.Numbers(4) : axes?.Select(_ => 1L).ToArray();
        Dimension[] sliced = [.. shape];
        if (axes is null)
            return new ValueFact(type, new Dimension[shape.Count]);

        Dimension[]? values = shape.Count == 1 ? node.Values(0)?.ToArray() : null;
        for (int i = 0; i < axes.Length; i++)
        {
            int axis = node.Axis(axes[i], shape.Count);
            bool known = starts is not null && ends is not null && steps is not null;
            sliced[axis] = known ? Between(shape[axis], starts![i], ends![i], steps![i]) : default;
            values = known && values is not null ? Between(values, starts![i], ends![i], steps![i]) : null;
        }

        return new ValueFact(type, sliced, values);
    }

    private static Dimension Between(Dimension extent, long start, long end, long step)
    {
        if (extent.Size is not { } size)
            return start == 0 && end >= int.MaxValue && step == 1 ? extent : default;

        (long first, long last) = Ends(size, start, end, step);
        return Math.Max(0, (long)Math.Ceiling((last - first) / (double)step));
    }

    private static Dimension[] Between(Dimension[] values, long start, long end, long step)
    {
        (long first, long last) = Ends(values.Length, start, end, step);
        List<Dimension> picked = [];
        for (long place = first; step > 0 ? place < last : place > last; place += step)
            picked.Add(values[place]);
        return [.. picked];
    }

    private static (long First, long Last) Ends(long size, long start, long end, long step)
    {
        start = start < 0 ? start + size : start;
        end = end < 0 ? Math.Max(end, long.MinValue / 2) + size : end;
        return step > 0 ? (Math.Clamp(start, 0, size), Math.Clamp(end, 0, size)) : (Math.Clamp(start, 0, size - 1), Math.Clamp(end, -1, size - 1));
    }

    private static ValueFact[] TopK(NodeFacts node)
    {
        if (node.Shape(0) is not { } shape)
            return [new ValueFact(node.Input(0).Type, null), new ValueFact(ElementType.Int64, null)];

        int axis = node.Axis(node.Integer("axis", -1), shape.Count);
        Dimension[] kept = [.. shape.Select((extent, place) => place != axis ? extent : node.Values(1) is [var count] ? count : default)];
        return [new ValueFact(node.Input(0).Type, kept), new ValueFact(ElementType.Int64, kept)];
    }
}
