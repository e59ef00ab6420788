using System.Runtime.InteropServices;
using Unreel.Onnx.Format;

namespace Unreel.Onnx;

/// <summary>A node with what is known of its inputs: what the rules of operators work on.</summary>
/// <param name="node">The node.</param>
/// <param name="inputs">What is known of its inputs; null for one that is left out.</param>
/// <param name="constant">Returns a constant by its name, null where it is none.</param>
/// <param name="opset">Version of the standard operators; 0 where it is not known.</param>
internal sealed class NodeFacts(NodeProto node, IReadOnlyList<ValueFact?> inputs, Func<string, Initializer?> constant, long opset)
{
    /// <summary>The longest vector that shapes are computed from; a longer one is data.</summary>
    internal const int MostValues = 64;

    /// <summary>The node.</summary>
    internal NodeProto Node { get; } = node;

    /// <summary>Version of the standard operators; 0 where it is not known.</summary>
    internal long Opset { get; } = opset;

    /// <summary>Inputs, the ones left out between others included.</summary>
    internal int Count => inputs.Count;

    /// <summary>Whether an input is there.</summary>
    internal bool Has(int input) => input < inputs.Count && inputs[input] is not null;

    /// <summary>What is known of an input.</summary>
    /// <exception cref="GraphException">It is left out.</exception>
    internal ValueFact Input(int input) => Has(input) ? inputs[input]! : throw Fault($"input {input} is missing");

    /// <summary>An input's extents; null where unknown.</summary>
    internal IReadOnlyList<Dimension>? Shape(int input) => Input(input).Shape;

    /// <summary>The elements of an input of integers that shapes are computed from; null where they are not known. Reads small constants only.</summary>
    internal IReadOnlyList<Dimension>? Values(int input)
    {
        if (!Has(input) || Input(input).Values is { } known)
            return Has(input) ? Input(input).Values : null;
        if (constant(Node.Input[input]) is not { Count: <= MostValues } found)
            return null;

        return found.Type switch
        {
            ElementType.Int64 => [.. found.ReadIntegers()],
            ElementType.Int32 => [.. MemoryMarshal.Cast<byte, int>(found.Read().Span).ToArray().Select(value => (Dimension)(long)value)],
            _ => null,
        };
    }

    /// <summary>As <see cref="Values"/>, where every one of them is a number.</summary>
    internal long[]? Numbers(int input) => Values(input) is { } values && values.All(value => value.Size is not null) ? [.. values.Select(value => value.Size!.Value)] : null;

    /// <summary>The elements of a small constant of floats; null where the input is none.</summary>
    internal float[]? Floats(int input) =>
        Has(input) && constant(Node.Input[input]) is { Count: <= MostValues, Type: ElementType.Float } found ? found.ReadFloats() : null;

    /// <summary>An attribute; null where the node has none of that name.</summary>
    internal AttributeProto? Attribute(string name) => Node.Attribute.FirstOrDefault(attribute => attribute.Name == name);

    /// <summary>An attribute that is an integer.</summary>
    internal long Integer(string name, long otherwise) => Attribute(name)?.I ?? otherwise;

    /// <summary>An attribute that is a text.</summary>
    internal string Text(string name, string otherwise) => Attribute(name)?.S.ToStringUtf8() ?? otherwise;

    /// <summary>An attribute that is a list of integers; null where the node has none.</summary>
    internal long[]? Integers(string name) => Attribute(name) is { } attribute ? [.. attribute.Ints] : null;

    /// <summary>An attribute that the operator cannot do without.</summary>
    /// <exception cref="GraphException">It is not there.</exception>
    internal long Required(string name) => Attribute(name)?.I ?? throw Fault($"attribute '{name}' is missing");

    /// <summary>An axis counted from the first, be it given from the last.</summary>
    /// <exception cref="GraphException">There is no such axis.</exception>
    internal int Axis(long axis, int rank)
    {
        long place = axis < 0 ? axis + rank : axis;
        return place >= 0 && place < rank ? (int)place : throw Fault($"axis {axis} is not one of {rank}");
    }

    /// <summary>Holds an input's type against those that the operator takes.</summary>
    internal void RequireType(int input, params ReadOnlySpan<ElementType> types)
    {
        if (Has(input) && Input(input).Type is { } found && !types.Contains(found))
            throw Wrong(input, string.Join(" or ", types.ToArray().Select(type => type.ToString().ToLowerInvariant())));
    }

    /// <summary>Holds an input's type against that of another one.</summary>
    internal void RequireSameType(int input, int other)
    {
        if (Has(input) && Has(other) && Input(other).Type is { } type)
            RequireType(input, type);
    }

    /// <summary>Holds an input's rank against those that the operator takes.</summary>
    internal void RequireRank(int input, params ReadOnlySpan<int> ranks)
    {
        if (Has(input) && Shape(input) is { } shape && !ranks.Contains(shape.Count))
            throw Wrong(input, $"rank {string.Join(" or ", ranks.ToArray())}");
    }

    /// <summary>Holds an input's extents against those expected.</summary>
    internal void RequireShape(int input, params IReadOnlyList<Dimension> expected)
    {
        if (Has(input) && Shape(input) is { } shape && (shape.Count != expected.Count || shape.Zip(expected).Any(pair => Extents.Differ(pair.First, pair.Second))))
            throw Wrong(input, Extents.Text(expected));
    }

    /// <summary>Holds one extent of an input, counted from the last where it is negative, against the one expected.</summary>
    internal void RequireExtent(int input, int axis, Dimension expected)
    {
        if (Has(input) && Shape(input) is { } shape && Extents.Differ(shape[axis < 0 ? shape.Count + axis : axis], expected))
            throw Wrong(input, $"{expected} as extent {axis}");
    }

    /// <summary>Says that a form of the operator came with a later opset.</summary>
    internal void RequireOpset(int since, string what)
    {
        if (Opset > 0 && Opset < since)
            throw Fault($"{what} needs opset {since}; the graph has {Opset}");
    }

    /// <summary>An input that is not what the operator takes.</summary>
    internal GraphException Wrong(int input, string expected) => Fault($"input {input} '{Node.Input[input]}': expected {expected}, found {Input(input)}");

    /// <summary>Something else that is wrong with the node.</summary>
    internal GraphException Fault(string what) => new($"Node '{Node.Name}' ({Node.OpType}), {what}");
}
