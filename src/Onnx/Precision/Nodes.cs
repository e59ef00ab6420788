using Unreel.Onnx.Format;

namespace Unreel.Onnx;

/// <summary>Makes the nodes that passes put into a graph.</summary>
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

    /// <summary>Removes conversions whose result nothing reads any more.</summary>
    internal static void RemoveUnreadCasts(GraphEditor editor)
    {
        HashSet<string> read = [.. editor.Nodes.SelectMany(node => node.Input), .. editor.Outputs.Select(output => output.Name)];
        editor.Nodes.RemoveAll(node => node.OpType == "Cast" && !read.Contains(node.Output[0]));
    }

    /// <summary>Says how a graph is written already, null where it is in 32-bit floats throughout.</summary>
    internal static string? ReducedBy(OnnxDocument document)
    {
        Initializer? half = document.Initializers.FirstOrDefault(initializer => initializer.Type is ElementType.Float16 or ElementType.BFloat16);
        if (half is not null)
            return $"constant '{half.Name}' holds {half.Type}";

        NodeProto? node = document.Model.Graph.Node.FirstOrDefault(node => Quantised.Contains(node.OpType));
        return node is null ? null : $"node '{node.Name}' is {node.OpType}";
    }

    private static readonly HashSet<string> Quantised =
    [
        "QuantizeLinear", "DequantizeLinear", "DynamicQuantizeLinear", "MatMulInteger", "ConvInteger", "QLinearConv", "QLinearMatMul",
        "MatMulIntegerToFloat", "DynamicQuantizeMatMul", "QAttention", "MatMulNBits", "QGemm",
    ];
}
