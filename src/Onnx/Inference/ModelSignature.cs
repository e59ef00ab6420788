using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;

namespace Unreel.Onnx;

/// <summary>Holds a session's inputs and outputs against the contract that came with the model.</summary>
internal static class ModelSignature
{
    /// <summary>Returns the width of the features.</summary>
    internal static int Check(InferenceSession session, ModelContract contract, string name)
    {
        InputGeometry input = contract.Input;
        if (contract.Graph != GraphKind.Classifier)
            throw new OnnxModelException(name, $"is a graph of kind '{contract.Graph}', expected a classifier");
        Only(session.InputMetadata, "input", name, ClassifierGraph.Video);
        Only(session.OutputMetadata, "output", name, ClassifierGraph.Logits, ClassifierGraph.Probabilities, ClassifierGraph.Features);

        Tensor(session.InputMetadata, ClassifierGraph.Video, TensorElementType.UInt8, [input.Frames, input.Height, input.Width, ClassifierShape.Channels], name, isOpenAllowed: true);
        Tensor(session.OutputMetadata, ClassifierGraph.Logits, TensorElementType.Float, [contract.Labels.Count], name);
        Tensor(session.OutputMetadata, ClassifierGraph.Probabilities, TensorElementType.Float, [contract.Labels.Count], name);
        return Tensor(session.OutputMetadata, ClassifierGraph.Features, TensorElementType.Float, [null], name);
    }

    private static void Only(IReadOnlyDictionary<string, NodeMetadata> nodes, string kind, string name, params string[] expected)
    {
        if (!nodes.Keys.ToHashSet().SetEquals(expected))
            throw new OnnxModelException(name, $"has the {kind}s [{string.Join(", ", nodes.Keys)}], expected [{string.Join(", ", expected)}]");
    }

    // The first extent is the batch and must be open, others may be where they are allowed to; null stands for any fixed extent. Returns the last extent.
    private static int Tensor(IReadOnlyDictionary<string, NodeMetadata> nodes, string tensor, TensorElementType type, int?[] extents, string name, bool isOpenAllowed = false)
    {
        NodeMetadata node = nodes[tensor];
        if (!node.IsTensor || node.ElementDataType != type)
            throw new OnnxModelException(name, $"has '{tensor}' of {(node.IsTensor ? node.ElementDataType : node.OnnxValueType)}, expected {type}");

        int[] found = node.Dimensions;
        bool fits = found.Length == extents.Length + 1
            && found[0] < 0
            && extents.Zip(found.Skip(1)).All(pair => pair.First is { } extent ? pair.Second == extent || (isOpenAllowed && pair.Second < 0) : pair.Second > 0);
        if (!fits)
            throw new OnnxModelException(name, $"has '{tensor}' of shape {Text(found.Select(extent => (int?)extent))}, expected {Text([-1, .. extents])} by its contract");
        return found[^1];
    }

    private static string Text(IEnumerable<int?> extents) =>
        $"[{string.Join(", ", extents.Select(extent => extent switch { null => "any", < 0 => "open", _ => $"{extent}" }))}]";
}
