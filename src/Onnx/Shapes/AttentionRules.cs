using static Unreel.Onnx.OperatorRules;

namespace Unreel.Onnx;

/// <summary>Attention as one operator. Letters: B batch, N queries, L keys, D width, H heads, K numbers of a head.</summary>
internal static class AttentionRules
{
    internal static IEnumerable<OperatorRule> All { get; } =
    [
        Rules("Attention", Standard),
        Rules($"{Ort}.MultiHeadAttention", MultiHead),
        Rules($"{Ort}.Attention", Packed),
        Rules($"{Ort}.QAttention", Packed),
    ];

    // q, k, v [B, N, H * K] with both numbers of heads as attributes, or [B, H, N, K].
    private static ValueFact[] Standard(NodeFacts node)
    {
        node.RequireType(0, ElementwiseRules.Floats);
        node.RequireRank(0, 3, 4);
        if (node.Shape(0) is not { } q || node.Shape(1) is not { } k || node.Shape(2) is not { } v)
            return [new ValueFact(node.Input(0).Type, null)];

        node.RequireRank(1, q.Count);
        node.RequireRank(2, q.Count);
        RequireSameTokens(node);
        if (q.Count == 4)
        {
            node.RequireExtent(1, 3, q[3]);
            return [new ValueFact(node.Input(0).Type, [q[0], q[1], q[2], v[3]])];
        }

        Dimension heads = node.Required("q_num_heads"), fewer = node.Required("kv_num_heads");
        Dimension head = Split(node, 0, q[2], heads), value = Split(node, 2, v[2], fewer);
        node.RequireExtent(1, 2, Extents.Product([head, fewer]));
        return [new ValueFact(node.Input(0).Type, [q[0], q[1], Extents.Product([heads, value])])];
    }

    // q [B, N, D]; k, v [B, L, D] or [B, H, L, K]; or all in one [B, N, H, 3, K]; or k and v in one [B, L, H, 2, K].
    private static ValueFact[] MultiHead(NodeFacts node)
    {
        node.RequireType(0, ElementwiseRules.Floats);
        node.RequireRank(0, 3, 5);
        node.RequireSameType(1, 0);
        node.RequireSameType(2, 0);
        Dimension heads = node.Required("num_heads");
        ElementType? type = node.Input(0).Type;
        if (node.Shape(0) is not { } q)
            return [new ValueFact(type, null)];

        if (q.Count == 5)
        {
            node.RequireShape(0, default, default, heads, 3, default);
            return [new ValueFact(type, [q[0], q[1], Extents.Product([heads, q[4]])])];
        }

        Dimension head = Split(node, 0, q[2], heads);
        Dimension width = q[2];
        if (node.Has(2) && node.Shape(1) is not null && node.Shape(2) is { } v)
        {
            node.RequireRank(1, 3, 4);
            node.RequireRank(2, 3, 4);
            RequireSameTokens(node);
            node.RequireExtent(1, -1, node.Shape(1)!.Count == 3 ? q[2] : head);
            width = v.Count == 3 ? v[2] : Extents.Product([heads, v[3]]);
        }

        node.RequireShape(3, Sum(q[2], q[2], width));
        return [new ValueFact(type, [q[0], q[1], width])];
    }

    // x [B, N, D] times weights [D, q + k + v], which are of equal width unless qkv_hidden_sizes says otherwise.
    private static ValueFact[] Packed(NodeFacts node)
    {
        node.RequireRank(0, 3);
        ElementType? type = node.Node.OpType == "QAttention" ? node.Input(3).Type : node.Input(0).Type;
        if (node.Shape(0) is not { } x || node.Shape(1) is not { } weights)
            return [new ValueFact(type, null)];

        node.RequireShape(1, x[2], weights[^1]);
        node.RequireShape(2, weights[^1]);
        Dimension width = node.Integers("qkv_hidden_sizes") is [_, _, var v] ? v : Extents.Quotient(weights[^1], 3);
        Split(node, 1, width, node.Required("num_heads"));
        return [new ValueFact(type, [x[0], x[1], width])];
    }

    private static void RequireSameTokens(NodeFacts node)
    {
        IReadOnlyList<Dimension> k = node.Shape(1)!, v = node.Shape(2)!;
        if (k.Count == v.Count)
            node.RequireExtent(2, k.Count - 2, k[^2]);
        node.RequireExtent(1, 0, node.Shape(0)![0]);
    }

    private static Dimension Split(NodeFacts node, int input, Dimension width, Dimension heads) =>
        width.Size is { } whole && heads.Size is { } count && (count <= 0 || whole % count != 0)
            ? throw node.Wrong(input, $"a width of which {count} heads take equal parts")
            : Extents.Quotient(width, heads);

    private static Dimension Sum(params ReadOnlySpan<Dimension> extents)
    {
        long sum = 0;
        foreach (Dimension extent in extents)
        {
            if (extent.Size is not { } size)
                return default;
            sum += size;
        }

        return sum;
    }
}
