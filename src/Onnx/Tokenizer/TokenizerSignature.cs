using System.Globalization;
using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;

namespace Unreel.Onnx;

/// <summary>What a tokenizer's graph takes and gives, held against what a tokenizer must.</summary>
/// <param name="Input">Name of the input, float [N, 3, side, side].</param>
/// <param name="Output">Name of the output.</param>
/// <param name="Side">Side of the pictures where the graph fixes it, else null.</param>
/// <param name="IsLogits">Whether the output is float logits [N, codes, rows, columns], and not whole numbers [N, rows, columns].</param>
internal sealed record TokenizerSignature(string Input, string Output, int? Side, bool IsLogits)
{
    private const string OutputName = "codes";
    private const int Channels = 3;

    private static readonly TensorElementType[] WholeNumbers =
        [TensorElementType.Int64, TensorElementType.Int32, TensorElementType.Int16, TensorElementType.Int8, TensorElementType.UInt16, TensorElementType.UInt8];

    /// <exception cref="OnnxModelException">The graph is no tokenizer's; the message says what was expected and found.</exception>
    public static TokenizerSignature Of(InferenceSession session, string name)
    {
        (string input, NodeMetadata taken) = session.InputMetadata.Count == 1
            ? session.InputMetadata.Single()
            : throw new OnnxModelException(name, $"has {session.InputMetadata.Count} inputs ({string.Join(", ", session.InputMetadata.Keys)}); a tokenizer has one, pictures");
        (string output, NodeMetadata given) = session.OutputMetadata.Count == 1
            ? session.OutputMetadata.Single()
            : session.OutputMetadata.FirstOrDefault(entry => entry.Key == OutputName);
        if (given is null)
            throw new OnnxModelException(name, $"has {session.OutputMetadata.Count} outputs ({string.Join(", ", session.OutputMetadata.Keys)}), none of them called '{OutputName}'; a tokenizer has one output, or one of that name");

        return new TokenizerSignature(input, output, CheckInput(taken, input, name), CheckOutput(given, output, name));
    }

    private static int? CheckInput(NodeMetadata node, string input, string name)
    {
        if (node is not { IsTensor: true, ElementDataType: TensorElementType.Float, Dimensions: [< 0 or 1, < 0 or Channels, var height, var width] } || (height != width && height > 0 && width > 0))
            throw new OnnxModelException(name, $"takes '{input}': {Text(node)}; a tokenizer takes float pictures [any, {Channels}, side, side]");

        return Math.Max(height, width) is var side and > 0 ? side : null;
    }

    private static bool CheckOutput(NodeMetadata node, string output, string name) => node switch
    {
        { IsTensor: true, ElementDataType: TensorElementType.Float, Dimensions.Length: 4 } => true,
        { IsTensor: true, Dimensions.Length: 3 } when WholeNumbers.Contains(node.ElementDataType) => false,
        _ => throw new OnnxModelException(name, $"gives '{output}': {Text(node)}; a tokenizer gives codes, whole numbers [any, rows, columns], or logits, floats [any, codes, rows, columns]"),
    };

    private static string Text(NodeMetadata node) => !node.IsTensor
        ? node.OnnxValueType.ToString()
        : $"{node.ElementDataType} [{string.Join(", ", node.Dimensions.Select(extent => extent < 0 ? "any" : extent.ToString(CultureInfo.InvariantCulture)))}]";
}
