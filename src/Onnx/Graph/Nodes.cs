using Unreel.Onnx.Format;

namespace Unreel.Onnx;

/// <summary>Makes nodes for graphs that are there already; a new one is written by <see cref="GraphBuilder"/>.</summary>
internal static class Nodes
{
    internal const string Microsoft = "com.microsoft";

    /// <summary>Makes a node; an input left out is the empty text.</summary>
    internal static NodeProto Make(string type, string name, IEnumerable<string> inputs, IEnumerable<string> outputs, params ReadOnlySpan<(string Name, long Value)> integers)
    {
        var node = new NodeProto { OpType = type, Name = name };
        node.Input.Add(inputs);
        node.Output.Add(outputs);
        foreach ((string attribute, long value) in integers)
            node.Attribute.Add(new AttributeProto { Name = attribute, I = value, Type = AttributeProto.Types.AttributeType.Int });
        return node;
    }

    /// <summary>Makes a node of one of ONNX Runtime's own operators.</summary>
    internal static NodeProto MakeOrt(string type, string name, IEnumerable<string> inputs, IEnumerable<string> outputs, params ReadOnlySpan<(string Name, long Value)> integers)
    {
        NodeProto node = Make(type, name, inputs, outputs, integers);
        node.Domain = Microsoft;
        return node;
    }

    /// <summary>Makes a node that changes the type of a value's elements.</summary>
    internal static NodeProto Cast(string name, string input, string output, ElementType to) => Make("Cast", name, [input], [output], ("to", (long)to));

    /// <summary>Makes an attribute that is a list of integers.</summary>
    internal static AttributeProto Integers(string name, params ReadOnlySpan<long> values)
    {
        var attribute = new AttributeProto { Name = name, Type = AttributeProto.Types.AttributeType.Ints };
        foreach (long value in values)
            attribute.Ints.Add(value);
        return attribute;
    }
}
