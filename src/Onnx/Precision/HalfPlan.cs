using Unreel.Onnx.Format;

namespace Unreel.Onnx;

/// <summary>How wide a node's floats are.</summary>
internal enum FloatWidth
{
    /// <summary>32 bits.</summary>
    Full,

    /// <summary>16 bits.</summary>
    Half,

    /// <summary>Whatever comes in: the node moves numbers and computes none.</summary>
    AsGiven,
}

/// <summary>
/// Decides which nodes compute in 16 bits: products, what is done to each number between them, and attention. What sums over many numbers
/// stays in 32 bits (normalisation, softmax, pooling), and so does what everything else rests upon (the patch embedding with the preprocessing
/// folded into it, positions, the residual stream, what comes after pooling), and the picture that a reconstruction draws.
/// </summary>
internal sealed class HalfPlan
{
    private static readonly HashSet<string> Moving =
        ["Reshape", "Transpose", "Split", "Squeeze", "Unsqueeze", "Slice", "Gather", "Identity", "Flatten", "Expand", "Tile"];

    private static readonly HashSet<string> Computing =
        ["MatMul", "Gemm", "Add", "Sub", "Mul", "Div", "Attention", "com.microsoft.MultiHeadAttention", "com.microsoft.Attention", "com.microsoft.BiasGelu", "com.microsoft.FastGelu", "com.microsoft.Gelu", "com.microsoft.QuickGelu", "com.microsoft.FusedMatMul"];

    // ONNX Runtime has no CUDA kernels of these in bfloat16.
    private static readonly HashSet<string> ComputingFp16 = ["Conv", "Erf", "Gelu", "Tanh", "Sigmoid", "Concat"];

    // The patch embedding takes raw bytes by weights made so much smaller: 16 bits hold neither well, and it is little work.
    private static readonly string[] FullScopes = ["patch_embed", "pos_embed", "head", "pool", "picture"];

    private readonly GraphEditor _editor;
    private readonly FloatValues _floats;
    private readonly bool _fp16;
    private readonly HashSet<string> _pooled = [];
    private readonly HashSet<string> _kept = [];

    internal HalfPlan(GraphEditor editor, FloatValues floats, bool fp16, IReadOnlySet<string> kept)
    {
        (_editor, _floats, _fp16) = (editor, floats, fp16);
        foreach (LinearLayer layer in LinearLayer.Of(editor).Where(layer => kept.Contains(layer.Name)))
            _kept.UnionWith([layer.Node.Name, layer.Sum?.Name ?? layer.Node.Name]);
        foreach (NodeProto node in editor.Nodes)
        {
            if (IsPooling(node) || node.Input.Any(_pooled.Contains))
                _pooled.UnionWith(node.Output);
        }
    }

    internal FloatWidth WidthOf(NodeProto node)
    {
        if (Moving.Contains(node.OpType) && node.Domain.Length == 0)
            return FloatWidth.AsGiven;

        string name = node.Domain.Length == 0 ? node.OpType : $"{node.Domain}.{node.OpType}";
        bool computes = Computing.Contains(name) || (_fp16 && ComputingFp16.Contains(name));
        return computes && !_kept.Contains(node.Name) && !IsResidual(node) && !_pooled.Contains(node.Output[0]) && !InFullScope(node) ? FloatWidth.Half : FloatWidth.Full;
    }

    private static bool IsPooling(NodeProto node) =>
        (node.OpType is "GlobalAveragePool" || (node.OpType == "ReduceMean" && node.Attribute.Any(attribute => attribute.Name == "keepdims" && attribute.I == 0)))
        && !InFullScope(node);

    private static bool InFullScope(NodeProto node)
    {
        int slash = node.Name.LastIndexOf('/');
        return slash > 0 && node.Name[..slash].Split('.', '/').Any(FullScopes.Contains);
    }

    // A sum of two branches, or of tokens and their positions; not a bias.
    private bool IsResidual(NodeProto node) => node.OpType == "Add" && node.Domain.Length == 0
        && node.Input.All(input => _floats.Contains(input) && (_editor.Constant(input) is not { } constant || constant.Shape.Count(extent => extent != 1) > 1));
}
