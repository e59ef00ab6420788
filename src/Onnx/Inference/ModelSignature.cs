using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;

namespace Unreel.Onnx;

/// <summary>Holds a session's inputs and outputs against the contract that came with the model.</summary>
internal static class ModelSignature
{
    private static readonly string[] Needed = [ClassifierGraph.Logits, ClassifierGraph.Probabilities];

    /// <summary>Returns the width of the features, 0 where the model gives none.</summary>
    internal static int Check(InferenceSession session, ModelContract contract, string name)
    {
        if (contract.Graph != GraphKind.Classifier)
        {
            throw new OnnxModelException(
                name,
                $"is no classifier: its contract says graph '{contract.Graph.ToString().ToLowerInvariant()}', and it gives [{string.Join(", ", session.OutputMetadata.Keys)}]; expected a model that was exported with graph classifier");
        }

        InputGeometry input = contract.Input;
        bool hasFeatures = session.OutputMetadata.ContainsKey(ClassifierGraph.Features);
        Only(session.InputMetadata, "input", name, ClassifierGraph.Video);
        Only(session.OutputMetadata, "output", name, hasFeatures ? [.. Needed, ClassifierGraph.Features] : Needed);

        int batch = contract.Batch ?? -1;
        Tensor(session.InputMetadata, ClassifierGraph.Video, TensorElementType.UInt8, batch, [input.Frames, input.Height, input.Width, EncoderShape.Channels], name, isOpenAllowed: true);
        foreach (string output in Needed)
            Tensor(session.OutputMetadata, output, TensorElementType.Float, batch, [contract.Labels.Count], name);
        return hasFeatures ? Tensor(session.OutputMetadata, ClassifierGraph.Features, TensorElementType.Float, batch, [null], name) : 0;
    }

    private static void Only(IReadOnlyDictionary<string, NodeMetadata> nodes, string kind, string name, params string[] expected)
    {
        if (!nodes.Keys.ToHashSet().SetEquals(expected))
            throw new OnnxModelException(name, $"has the {kind}s [{string.Join(", ", nodes.Keys)}], expected [{string.Join(", ", expected)}]");
    }

    // The first extent is the batch, open unless the contract fixes it; others may be open where they are allowed to; null stands for any fixed extent. Returns the last extent.
    private static int Tensor(IReadOnlyDictionary<string, NodeMetadata> nodes, string tensor, TensorElementType type, int batch, int?[] extents, string name, bool isOpenAllowed = false)
    {
        NodeMetadata node = nodes[tensor];
        if (!node.IsTensor || node.ElementDataType != type)
            throw new OnnxModelException(name, $"has '{tensor}' of {(node.IsTensor ? node.ElementDataType : node.OnnxValueType)}, expected {type}");

        int[] found = node.Dimensions;
        bool fits = found.Length == extents.Length + 1
            && Math.Max(found[0], -1) == batch
            && extents.Zip(found.Skip(1)).All(pair => pair.First is { } extent ? pair.Second == extent || (isOpenAllowed && pair.Second < 0) : pair.Second > 0);
        if (!fits)
            throw new OnnxModelException(name, $"has '{tensor}' of shape {Text(found.Select(extent => (int?)extent))}, expected {Text([batch, .. extents])} by its contract");
        return found[^1];
    }

    private static string Text(IEnumerable<int?> extents) =>
        $"[{string.Join(", ", extents.Select(extent => extent switch { null => "any", < 0 => "open", _ => $"{extent}" }))}]";
}
