using System.Collections.Frozen;
using Unreel.Onnx.Format;

namespace Unreel.Onnx;

/// <summary>
/// From which opset on there are standard operators, attributes and inputs that came after the oldest one written here
/// (github.com/onnx/onnx, docs/Changelog.md).
/// </summary>
internal static class OperatorVersions
{
    private static readonly FrozenDictionary<string, int> Operators = new Dictionary<string, int>
    {
        ["BitwiseAnd"] = 18,
        ["BitwiseNot"] = 18,
        ["BitwiseOr"] = 18,
        ["BitwiseXor"] = 18,
        ["CenterCropPad"] = 18,
        ["Col2Im"] = 18,
        ["GroupNormalization"] = 18,
        ["Mish"] = 18,
        ["DeformConv"] = 19,
        ["AffineGrid"] = 20,
        ["Gelu"] = 20,
        ["ImageDecoder"] = 20,
        ["RegexFullMatch"] = 20,
        ["StringConcat"] = 20,
        ["StringSplit"] = 20,
        ["Attention"] = 23,
        ["RMSNormalization"] = 23,
        ["RotaryEmbedding"] = 23,
        ["Swish"] = 24,
        ["TensorScatter"] = 24,
    }.ToFrozenDictionary();

    private static readonly FrozenDictionary<(string Operator, string Attribute), int> Attributes = new Dictionary<(string, string), int>
    {
        [("Resize", "antialias")] = 18,
        [("Resize", "axes")] = 18,
        [("Resize", "keep_aspect_ratio_policy")] = 18,
        [("Split", "num_outputs")] = 18,
        [("Cast", "saturate")] = 19,
        [("QuantizeLinear", "saturate")] = 19,
        [("DequantizeLinear", "block_size")] = 21,
        [("QuantizeLinear", "block_size")] = 21,
        [("QuantizeLinear", "output_dtype")] = 21,
        [("QuantizeLinear", "precision")] = 23,
        [("DequantizeLinear", "output_dtype")] = 23,
        [("Cast", "round_mode")] = 24,
    }.ToFrozenDictionary();

    // Their axes were an attribute until 17 and are an input from 18. ReduceSum's became one earlier.
    private static readonly FrozenSet<string> Reductions = new[]
    {
        "ReduceL1", "ReduceL2", "ReduceLogSum", "ReduceLogSumExp", "ReduceMax", "ReduceMean", "ReduceMin", "ReduceProd", "ReduceSumSquare",
    }.ToFrozenSet();

    /// <summary>Refuses a node that the opset does not have.</summary>
    /// <exception cref="OpsetException">It does not; the message names the operator, the opset needed and the one found.</exception>
    /// <exception cref="GraphException">The node is written as older opsets have it.</exception>
    internal static void Check(NodeProto node, long opset)
    {
        if (node.Domain.Length > 0)
            return;

        Require(node, "", Operators.GetValueOrDefault(node.OpType), opset);
        foreach (AttributeProto attribute in node.Attribute)
            Require(node, $" with the attribute '{attribute.Name}'", Attributes.GetValueOrDefault((node.OpType, attribute.Name)), opset);
        if (!Reductions.Contains(node.OpType))
            return;

        if (node.Input.Count > 1)
            Require(node, " with axes as an input", 18, opset);
        if (opset >= 18 && node.Attribute.Any(attribute => attribute.Name == "axes"))
            throw new GraphException($"Node '{node.Name}': operator '{node.OpType}' has its axes as an attribute until opset 17, found opset {opset}");
    }

    private static void Require(NodeProto node, string how, int needed, long opset)
    {
        if (opset < needed)
            throw new OpsetException($"Node '{node.Name}': operator '{node.OpType}'{how} needs opset {needed}, found opset {opset}");
    }
}
