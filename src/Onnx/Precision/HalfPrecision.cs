using System.Globalization;
using Unreel.Onnx.Format;

namespace Unreel.Onnx;

/// <summary>
/// Brings a graph to 16-bit floats, fp16 or bf16, where <see cref="HalfPlan"/> says so. Inputs and outputs keep their types; a value that is
/// wanted in both widths is converted once, and never converted back and forth.
/// </summary>
internal sealed class HalfPrecision
{
    private const string SoftmaxPrecision = "softmax_precision";

    private readonly GraphEditor _editor;
    private readonly FloatValues _floats;
    private readonly HalfPlan _plan;
    private readonly ElementType _half;
    private readonly string _suffix;
    private readonly HashSet<string> _outputs;
    private readonly List<NodeProto> _nodes = [];

    // Values whose own name stands for 16 bits; all other floats have 32.
    private readonly HashSet<string> _halves = [];

    // The other width of a value, where it was asked for.
    private readonly Dictionary<string, string> _converted = [];

    private HalfPrecision(OnnxDocument document, ElementType half, IReadOnlySet<string> kept)
    {
        _editor = new GraphEditor(document);
        _floats = new FloatValues(document);
        if (_floats.Unknown is { } unknown)
            throw new PrecisionException($"The type of the value '{unknown}' cannot be told, so that it is not known what must be converted");
        _plan = new HalfPlan(_editor, _floats, half == ElementType.Float16, kept);
        (_half, _suffix) = (half, half == ElementType.Float16 ? "fp16" : "bf16");
        _outputs = [.. _editor.Outputs.Select(output => output.Name)];
    }

    /// <summary>Returns the document in 16 bits.</summary>
    /// <param name="document">A document in 32-bit floats; its weights are converted when the result is saved.</param>
    /// <param name="half">Float16 or BFloat16.</param>
    /// <param name="kept">Names of layers that stay in 32 bits.</param>
    /// <exception cref="PrecisionException">The graph has an operator that is not known here.</exception>
    internal static OnnxDocument Apply(OnnxDocument document, ElementType half, IReadOnlySet<string> kept) => new HalfPrecision(document, half, kept).Run();

    /// <summary>Converts a constant.</summary>
    /// <exception cref="PrecisionException">A number is not finite, or too large.</exception>
    internal static ReadOnlyMemory<byte> Convert(Initializer weight, ElementType half)
    {
        float[] values = WeightRounding.ReadFinite(weight);
        ushort[] bits = new ushort[values.Length];
        for (int i = 0; i < values.Length; i++)
        {
            bits[i] = half == ElementType.Float16 ? BitConverter.HalfToUInt16Bits((Half)values[i]) : Brain(values[i]);
            bool overflows = half == ElementType.Float16 ? Half.IsInfinity(BitConverter.UInt16BitsToHalf(bits[i])) : (bits[i] & 0x7FFF) == 0x7F80;
            if (overflows)
                throw new PrecisionException(string.Create(CultureInfo.InvariantCulture, $"Weight '{weight.Name}' does not fit in {half}: element {i} is {values[i]:G6}, at most {(half == ElementType.Float16 ? 65504 : 3.3895e38):G6} is possible"));
        }

        return RawData.Of<ushort>(bits);
    }

    // The upper half of a float, rounded to the nearest, ties to even.
    private static ushort Brain(float value)
    {
        uint bits = BitConverter.SingleToUInt32Bits(value);
        return (ushort)((bits + 0x7FFF + ((bits >> 16) & 1)) >> 16);
    }

    private OnnxDocument Run()
    {
        foreach (NodeProto node in _editor.Nodes)
            Add(node);

        _editor.Nodes.Clear();
        _editor.Nodes.AddRange(_nodes);
        _editor.RemoveUnreadCasts();
        _editor.ForgetTypes();
        return _editor.Build();
    }

    private void Add(NodeProto original)
    {
        NodeProto node = original.Clone();
        bool isHalf = _plan.WidthOf(node) switch
        {
            FloatWidth.Half => true,
            FloatWidth.Full => false,
            _ => _halves.Contains(node.Input[0]),
        };

        if (node.OpType != "Cast")
        {
            for (int i = 0; i < node.Input.Count; i++)
            {
                if (_floats.Contains(node.Input[i]))
                    node.Input[i] = In(node.Input[i], isHalf);
            }
        }

        _nodes.Add(node);
        if (isHalf)
            AddOutputs(node);
        if (isHalf && node is { OpType: "Attention", Domain: "" })
            KeepSoftmaxWide(node);
    }

    // The operator's softmax is as wide as its inputs unless told otherwise.
    private static void KeepSoftmaxWide(NodeProto attention)
    {
        if (attention.Attribute.All(attribute => attribute.Name != SoftmaxPrecision))
            attention.Attribute.Add(new AttributeProto { Name = SoftmaxPrecision, I = (long)ElementType.Float, Type = AttributeProto.Types.AttributeType.Int });
    }

    // An output of the graph keeps its type: the node's own result gets another name.
    private void AddOutputs(NodeProto node)
    {
        for (int i = 0; i < node.Output.Count; i++)
        {
            string value = node.Output[i];
            if (!_floats.Contains(value))
                continue;
            if (!_outputs.Contains(value))
            {
                _halves.Add(value);
                continue;
            }

            node.Output[i] = _converted[value] = $"{value}.{_suffix}";
            _nodes.Add(Nodes.Cast($"{value}/Cast", node.Output[i], value, ElementType.Float));
        }
    }

    private string In(string value, bool isHalf)
    {
        if (_halves.Contains(value) == isHalf)
            return value;
        if (_converted.TryGetValue(value, out string? converted))
            return converted;
        if (_editor.Constant(value) is { } constant)
            return _converted[value] = _editor.Add(new Initializer($"{value}.{_suffix}", _half, constant.Shape, () => Convert(constant, _half)));

        // What was a conversion itself is converted from its source.
        NodeProto? maker = _nodes.FirstOrDefault(node => node.OpType == "Cast" && node.Output[0] == value);
        converted = isHalf ? $"{value}.{_suffix}" : $"{value}.fp32";
        _nodes.Add(Nodes.Cast($"{converted}/Cast", maker?.Input[0] ?? value, converted, isHalf ? _half : ElementType.Float));
        return _converted[value] = converted;
    }
}
