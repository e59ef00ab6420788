using System.Collections.Frozen;

namespace Unreel.Onnx;

/// <summary>
/// How many multiply-adds a node costs: products of matrices, convolutions and attention. What is done element by element, softmax and
/// normalisation included, is not counted.
/// </summary>
internal static class MultiplyAdds
{
    private static readonly FrozenDictionary<string, Func<NodeFacts, ValueFact, Dimension>> Costs = new Dictionary<string, Func<NodeFacts, ValueFact, Dimension>>
    {
        ["MatMul"] = Product,
        ["Gemm"] = Product,
        ["MatMulInteger"] = Product,
        ["QLinearMatMul"] = Product,
        ["com.microsoft.FusedMatMul"] = Product,
        ["com.microsoft.FusedGemm"] = Product,
        ["com.microsoft.QGemm"] = Product,
        ["com.microsoft.DynamicQuantizeMatMul"] = Product,
        ["com.microsoft.MatMulIntegerToFloat"] = Product,
        ["com.microsoft.MatMulNBits"] = (node, output) => Times(output.Shape, node.Required("K")),
        ["Conv"] = (node, output) => Window(node, output, 1),
        ["com.microsoft.FusedConv"] = (node, output) => Window(node, output, 1),
        ["ConvInteger"] = (node, output) => Window(node, output, 1),
        ["QLinearConv"] = (node, output) => Window(node, output, 3),
        ["Attention"] = Standard,
        ["com.microsoft.MultiHeadAttention"] = MultiHead,
        ["com.microsoft.Attention"] = Packed,
        ["com.microsoft.QAttention"] = Packed,
    }.ToFrozenDictionary();

    /// <summary>The multiply-adds of a node; null where an extent they depend on is open.</summary>
    internal static long? Of(NodeFacts node, ValueFact output) =>
        Costs.GetValueOrDefault(OperatorRules.NameOf(node.Node.Domain, node.Node.OpType)) is { } cost ? cost(node, output).Size : 0;

    private static Dimension Product(NodeFacts node, ValueFact output)
    {
        if (node.Shape(0) is not { Count: > 0 } left)
            return default;
        return Times(output.Shape, node.Integer("transA", 0) == 1 && left.Count > 1 ? left[^2] : left[^1]);
    }

    // Every number of the result is a sum over the weights of its channel.
    private static Dimension Window(NodeFacts node, ValueFact output, int weights) =>
        node.Shape(weights) is { } kernel ? Times(output.Shape, Extents.Product(kernel.Skip(1))) : default;

    // Scores of every query and key, and as many values taken by them.
    private static Dimension Standard(NodeFacts node, ValueFact output)
    {
        if (node.Shape(0) is not { } q || node.Shape(1) is not { } k || node.Shape(2) is null || output.Shape is not { } made)
            return default;
        return Both([q[0], q.Count == 4 ? q[1] : 1, q[^2], k[^2]], q[^1], made[^1]);
    }

    private static Dimension MultiHead(NodeFacts node, ValueFact output)
    {
        if (node.Shape(0) is not { } q || output.Shape is not [var batch, var queries, var width])
            return default;
        if (q.Count == 5)
            return Both([batch, queries, queries], width, width);
        Dimension keys = node.Has(1) && node.Shape(1) is { } k ? k.Count == 4 ? k[2] : k[1] : default;
        return Both([batch, queries, keys], q[2], width);
    }

    private static Dimension Packed(NodeFacts node, ValueFact output)
    {
        if (node.Shape(0) is not [var batch, var tokens, var inner] || node.Shape(1) is not [_, var projected] || output.Shape is not [_, _, var width])
            return default;
        Dimension queries = node.Integers("qkv_hidden_sizes") is [var q, ..] ? q : width;
        return Sum(Extents.Product([batch, tokens, inner, projected]), Both([batch, tokens, tokens], queries, width));
    }

    private static Dimension Both(Dimension[] pairs, Dimension scored, Dimension taken) =>
        Sum(Extents.Product([.. pairs, scored]), Extents.Product([.. pairs, taken]));

    private static Dimension Sum(Dimension one, Dimension other) => one.Size is { } left && other.Size is { } right ? left + right : default(Dimension);

    private static Dimension Times(IReadOnlyList<Dimension>? shape, Dimension inner) => shape is null ? default : Extents.Product([.. shape, inner]);
}
