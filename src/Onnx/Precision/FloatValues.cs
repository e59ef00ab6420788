using Unreel.Onnx.Format;

namespace Unreel.Onnx;

/// <summary>Tells which values of a graph are 32-bit floats.</summary>
internal sealed class FloatValues
{
    private static readonly HashSet<string> Integers = ["Shape", "Size", "ArgMax", "ArgMin", "NonZero"];
    private static readonly HashSet<string> Truths = ["Equal", "Less", "LessOrEqual", "Greater", "GreaterOrEqual", "Not", "And", "Or", "Xor", "IsNaN", "IsInf"];

    private readonly GraphEditor _editor;
    private readonly Dictionary<string, ElementType> _types = [];

    internal FloatValues(GraphEditor editor)
    {
        _editor = editor;
        foreach (ValueInfoProto input in editor.Inputs)
            _types[input.Name] = (ElementType)input.Type.TensorType.ElemType;
        foreach (NodeProto node in editor.Nodes)
        {
            for (int i = 0; i < node.Output.Count; i++)
                _types[node.Output[i]] = TypeOf(node, i);
        }
    }

    internal bool Contains(string value) => value.Length > 0 && TypeOf(value) == ElementType.Float;

    /// <summary>The source of a value that is nothing but bytes made floats; null where it is not.</summary>
    internal string? BytesOf(string value) =>
        _editor.Nodes.FirstOrDefault(node => node.OpType == "Cast" && node.Output[0] == value) is { } cast && TypeOf(cast.Input[0]) == ElementType.UInt8 ? cast.Input[0] : null;

    private ElementType TypeOf(string value) => _editor.Constant(value)?.Type ?? _types.GetValueOrDefault(value);

    private ElementType TypeOf(NodeProto node, int output) => node.OpType switch
    {
        "Cast" => (ElementType)node.Attribute.First(attribute => attribute.Name == "to").I,
        "ConstantOfShape" or "Constant" => node.Attribute.FirstOrDefault(attribute => attribute.T is not null) is { } constant ? (ElementType)constant.T.DataType : OfPlain(node),
        "TopK" when output == 1 => ElementType.Int64,
        "Where" => TypeOf(node.Input[1]),
        _ when Integers.Contains(node.OpType) => ElementType.Int64,
        _ when Truths.Contains(node.OpType) => ElementType.Bool,
        _ => node.Input.Count > 0 ? TypeOf(node.Input[0]) : ElementType.Float,
    };

    // A Constant may also hold plain numbers.
    private static ElementType OfPlain(NodeProto node) =>
        node.Attribute.Any(attribute => attribute.Name is "value_int" or "value_ints") ? ElementType.Int64 : ElementType.Float;
}
