using Unreel.Onnx.Format;

namespace Unreel.Onnx;

/// <summary>Tells models that are not in 32-bit floats any more.</summary>
internal static class ReducedPrecision
{
    private static readonly HashSet<string> Quantised =
    [
        "QuantizeLinear", "DequantizeLinear", "DynamicQuantizeLinear", "MatMulInteger", "ConvInteger", "QLinearConv", "QLinearMatMul",
        "MatMulIntegerToFloat", "DynamicQuantizeMatMul", "QAttention", "MatMulNBits", "QGemm",
    ];

    /// <summary>Says by what a model shows another precision; null where it is in 32-bit floats throughout.</summary>
    internal static string? FoundIn(OnnxDocument document)
    {
        Initializer? half = document.Initializers.FirstOrDefault(initializer => initializer.Type is ElementType.Float16 or ElementType.BFloat16);
        if (half is not null)
            return $"constant '{half.Name}' holds {half.Type}";

        NodeProto? node = document.Model.Graph.Node.FirstOrDefault(node => Quantised.Contains(node.OpType));
        return node is null ? null : $"node '{node.Name}' is {node.OpType}";
    }
}
