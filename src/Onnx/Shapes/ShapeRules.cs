using System.Runtime.InteropServices;
using Unreel.Onnx.Format;
using static Unreel.Onnx.OperatorRules;

namespace Unreel.Onnx;

/// <summary>Operators that make constants, or tell or change extents without moving elements.</summary>
internal static class ShapeRules
{
    internal static IEnumerable<OperatorRule> All { get; } =
    [
        Rule("Constant", Constant),
        Rule("Shape", ShapeOf),
        Rule("Size", node => new ValueFact(ElementType.Int64, [], node.Shape(0) is { } shape ? [Extents.Product(shape)] : null)),
        Rule("ConstantOfShape", node => new ValueFact((ElementType)(node.Attribute("value")?.T.DataType ?? (int)ElementType.Float), node.Values(0) ?? Open(node.Input(0)))),
        Rule("Range", Range),
        Rule("Reshape", Reshape),
        Rule("Flatten", Flatten),
        Rule("Unsqueeze", Unsqueeze),
        Rule("Squeeze", Squeeze),
    ];

    /// <summary>Unknown extents, as many as a vector that names them has elements; null where its length is unknown.</summary>
    internal static Dimension[]? Open(ValueFact vector) => vector.Shape is [{ Size: { } rank }] ? new Dimension[rank] : null;

    private static ValueFact Constant(NodeFacts node)
    {
        if (node.Attribute("value")?.T is { } tensor)
            return new ValueFact((ElementType)tensor.DataType, [.. tensor.Dims.Select(extent => (Dimension)extent)], Values(tensor));
        if (node.Attribute("value_int") is { } integer)
            return new ValueFact(ElementType.Int64, [], [integer.I]);
        if (node.Integers("value_ints") is { } integers)
            return new ValueFact(ElementType.Int64, [integers.Length], [.. integers]);
        if (node.Attribute("value_floats") is { } floats)
            return new ValueFact(ElementType.Float, [floats.Floats.Count]);
        return node.Attribute("value_float") is not null ? new ValueFact(ElementType.Float, []) : ValueFact.Unknown;
    }

    private static Dimension[]? Values(TensorProto tensor)
    {
        if (tensor.Dims.Count > 1 || tensor.Dims.Any(extent => extent > 64) || (ElementType)tensor.DataType is not ElementType.Int64)
            return null;
        return [.. tensor.Int64Data.Count > 0 ? tensor.Int64Data.ToArray() : MemoryMarshal.Cast<byte, long>(tensor.RawData.Span).ToArray()];
    }

    private static ValueFact ShapeOf(NodeFacts node)
    {
        if (node.Shape(0) is not { } shape)
            return new ValueFact(ElementType.Int64, [default(Dimension)]);

        int first = Clamped(node.Integer("start", 0)), end = Clamped(node.Integer("end", shape.Count));
        Dimension[] told = [.. shape.Skip(first).Take(end - first)];
        return new ValueFact(ElementType.Int64, [told.Length], told);

        int Clamped(long axis) => (int)Math.Clamp(axis < 0 ? axis + shape.Count : axis, 0, shape.Count);
    }

    private static ValueFact Range(NodeFacts node)
    {
        node.RequireSameType(1, 0);
        node.RequireSameType(2, 0);
        Dimension count = default;
        if (node.Numbers(0) is [var start] && node.Values(1) is [var limit] && node.Numbers(2) is [var step])
            count = limit.Size is { } end ? Math.Max(0, (long)Math.Ceiling((end - start) / (double)step)) : (start, step) == (0, 1) ? limit : default;
        return new ValueFact(node.Input(0).Type, [count]);
    }

    private static ValueFact Reshape(NodeFacts node)
    {
        node.RequireType(1, ElementType.Int64);
        ElementType? type = node.Input(0).Type;
        if (node.Values(1) is not { } target)
            return new ValueFact(type, Open(node.Input(1)));

        IReadOnlyList<Dimension>? shape = node.Shape(0);
        var reshaped = new Dimension[target.Count];
        int rest = -1;
        for (int axis = 0; axis < reshaped.Length; axis++)
        {
            if (target[axis].Size == -1)
                rest = rest < 0 ? axis : throw node.Fault($"input 1: expected at most one -1, found {Extents.Text(target)}");
            else
                reshaped[axis] = target[axis].Size == 0 && node.Integer("allowzero", 0) == 0 ? Kept(node, shape, axis) : target[axis];
        }

        if (shape is null)
            return new ValueFact(type, reshaped);

        Dimension all = Extents.Product(shape), told = Extents.Product(reshaped.Where((_, axis) => axis != rest));
        if (rest >= 0)
            reshaped[rest] = Extents.Quotient(all, told);
        if (rest < 0 ? Extents.Differ(all, told) : Extents.HasRemainder(all, told))
            throw node.Wrong(0, $"as many elements as {Extents.Text(target)} holds");
        return new ValueFact(type, reshaped, rest < 0 || reshaped.Length <= 1 ? node.Values(0) : null);
    }

    private static Dimension Kept(NodeFacts node, IReadOnlyList<Dimension>? shape, int axis)
    {
        if (shape is null)
            return default;
        return axis < shape.Count ? shape[axis] : throw node.Wrong(0, $"at least {axis + 1} extents, of which the target keeps number {axis}");
    }

    private static ValueFact Flatten(NodeFacts node)
    {
        if (node.Shape(0) is not { } shape)
            return new ValueFact(node.Input(0).Type, [default, default]);
        int axis = node.Integer("axis", 1) is var given && given == shape.Count ? shape.Count : node.Axis(given, shape.Count);
        return new ValueFact(node.Input(0).Type, [Extents.Product(shape.Take(axis)), Extents.Product(shape.Skip(axis))]);
    }

    private static ValueFact Unsqueeze(NodeFacts node)
    {
        ElementType? type = node.Input(0).Type;
        if ((node.Integers("axes") ?? node.Numbers(1)) is not { } axes || node.Shape(0) is not { } shape)
            return new ValueFact(type, null, node.Input(0).Shape is { Count: 0 } ? node.Values(0) : null);

        int rank = shape.Count + axes.Length;
        HashSet<int> added = [.. axes.Select(axis => node.Axis(axis, rank))];
        var rest = new Queue<Dimension>(shape);
        return new ValueFact(type, [.. Enumerable.Range(0, rank).Select(axis => added.Contains(axis) ? (Dimension)1 : rest.Dequeue())], rank == 1 ? node.Values(0) : null);
    }

    private static ValueFact Squeeze(NodeFacts node)
    {
        ElementType? type = node.Input(0).Type;
        if (node.Shape(0) is not { } shape || (node.Has(1) && node.Numbers(1) is null))
            return new ValueFact(type, null);

        long[] axes = node.Integers("axes") ?? node.Numbers(1) ?? [.. Enumerable.Range(0, shape.Count).Where(axis => shape[axis].Size == 1).Select(axis => (long)axis)];
        HashSet<int> removed = [.. axes.Select(axis => node.Axis(axis, shape.Count))];
        foreach (int axis in removed)
            node.RequireExtent(0, axis, 1);
        return new ValueFact(type, [.. shape.Where((_, axis) => !removed.Contains(axis))], node.Values(0));
    }
}
