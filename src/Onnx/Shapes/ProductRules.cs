using static Unreel.Onnx.OperatorRules;

namespace Unreel.Onnx;

/// <summary>Products of matrices, the quantised ones among them.</summary>
internal static class ProductRules
{
    private static readonly ElementType[] Bytes = [ElementType.UInt8, ElementType.Int8];

    internal static IEnumerable<OperatorRule> All { get; } =
    [
        Rule("MatMul", node => Same(node, Product(node, 0, 1))),
        Rule("Gemm", Gemm),
        Rule("MatMulInteger", node => Integers(node, 0, 1, ElementType.Int32)),
        Rule("QLinearMatMul", QLinear),
        Rule($"{Ort}.FusedMatMul", node => Same(node, Fused(node))),
        Rule($"{Ort}.FusedGemm", Gemm),
        Rule($"{Ort}.DynamicQuantizeMatMul", Dynamic),
        Rule($"{Ort}.MatMulIntegerToFloat", ToFloat),
        Rule($"{Ort}.MatMulNBits", Blocks),
        Rule($"{Ort}.QGemm", QGemm),
    ];

    /// <summary>The extents of a product of matrices, batched or not; null where unknown.</summary>
    internal static Dimension[]? Product(NodeFacts node, int left, int right, bool transposeLeft = false, bool transposeRight = false)
    {
        if (node.Shape(left) is not { } one || node.Shape(right) is not { } other)
            return null;
        if (one.Count == 0 || other.Count == 0)
            throw node.Wrong(one.Count == 0 ? left : right, "at least one extent");

        (Dimension rows, Dimension inner) = Matrix(one, transposeLeft);
        (Dimension columns, Dimension otherInner) = other.Count == 1 ? (1, other[0]) : Matrix(other, !transposeRight);
        if (Extents.Differ(inner, otherInner))
            throw node.Wrong(right, $"{inner} rows, as many as '{node.Node.Input[left]}' {node.Input(left)} has columns");

        Dimension[]? batch = Extents.Broadcast([[.. one.SkipLast(2)], [.. other.SkipLast(2)]], out int clash);
        if (clash >= 0)
            throw node.Wrong(right, $"a batch that fits '{node.Node.Input[left]}' {node.Input(left)}");
        return [.. batch!, .. one.Count > 1 ? [rows] : Array.Empty<Dimension>(), .. other.Count > 1 ? [columns] : Array.Empty<Dimension>()];
    }

    // Rows and columns, or the other way round; a vector is one row.
    private static (Dimension Rows, Dimension Columns) Matrix(IReadOnlyList<Dimension> shape, bool transposed)
    {
        Dimension rows = shape.Count > 1 ? shape[^2] : 1;
        return transposed ? (shape[^1], rows) : (rows, shape[^1]);
    }

    private static ValueFact Same(NodeFacts node, Dimension[]? shape)
    {
        node.RequireSameType(1, 0);
        return new ValueFact(node.Input(0).Type ?? node.Input(1).Type, shape);
    }

    private static Dimension[]? Fused(NodeFacts node) =>
        node.Integer("transBatchA", 0) == 1 || node.Integer("transBatchB", 0) == 1
            ? null
            : Product(node, 0, 1, node.Integer("transA", 0) == 1, node.Integer("transB", 0) == 1);

    private static ValueFact Gemm(NodeFacts node)
    {
        node.RequireRank(0, 2);
        node.RequireRank(1, 2);
        node.RequireSameType(1, 0);
        node.RequireSameType(2, 0);
        Dimension[]? shape = Product(node, 0, 1, node.Integer("transA", 0) == 1, node.Integer("transB", 0) == 1);
        if (shape is not null && node.Has(2) && node.Shape(2) is { } bias)
            RequireFits(node, 2, bias, shape);
        return new ValueFact(node.Input(0).Type, shape);
    }

    private static ValueFact Integers(NodeFacts node, int left, int right, ElementType? type)
    {
        node.RequireType(left, Bytes);
        node.RequireType(right, Bytes);
        return new ValueFact(type, Product(node, left, right));
    }

    // a, scale, zero point, b, scale, zero point, scale and zero point of the result.
    private static ValueFact QLinear(NodeFacts node) => Integers(node, 0, 3, node.Input(7).Type);

    private static ValueFact Dynamic(NodeFacts node)
    {
        node.RequireType(0, ElementwiseRules.Floats);
        node.RequireType(1, Bytes);
        return Biased(node, 4, new ValueFact(node.Input(0).Type, Product(node, 0, 1)));
    }

    // a, b, scales, zero points, bias.
    private static ValueFact ToFloat(NodeFacts node) => Biased(node, 6, Integers(node, 0, 1, node.Input(2).Type));

    private static ValueFact QGemm(NodeFacts node)
    {
        Dimension[]? shape = Product(node, 0, 3, node.Integer("transA", 0) == 1, node.Integer("transB", 0) == 1);
        return new ValueFact(node.Has(8) ? node.Input(8).Type : ElementType.Float, shape);
    }

    // Weights of 4 or 8 bits: [N, blocks of K, bytes of a block].
    private static ValueFact Blocks(NodeFacts node)
    {
        long inner = node.Required("K"), columns = node.Required("N"), bits = node.Integer("bits", 4), block = node.Required("block_size");
        long blocks = (inner + block - 1) / block;
        node.RequireType(0, ElementwiseRules.Floats);
        node.RequireType(1, ElementType.UInt8, ElementType.Int32);
        if (node.Input(1).Type == ElementType.UInt8 && node.Shape(1) is { Count: 3 })
            node.RequireShape(1, columns, blocks, block * bits / 8);
        if (node.Input(2).Count is { } scales && scales != columns * blocks)
            throw node.Wrong(2, $"{columns * blocks} scales, one for each block");
        if (node.Shape(0) is not { } shape)
            return new ValueFact(node.Input(0).Type, null);

        node.RequireExtent(0, -1, inner);
        return Biased(node, 5, new ValueFact(node.Input(0).Type, [.. shape.SkipLast(1), columns]));
    }

    private static ValueFact Biased(NodeFacts node, int bias, ValueFact product)
    {
        if (node.Has(bias) && product.Shape is { } shape)
            node.RequireShape(bias, shape[^1]);
        return product;
    }

    private static void RequireFits(NodeFacts node, int input, IReadOnlyList<Dimension> shape, Dimension[] product)
    {
        Dimension[]? both = Extents.Broadcast([product, shape], out int clash);
        if (clash >= 0 || both!.Length != product.Length || both.Zip(product).Any(pair => Extents.Differ(pair.First, pair.Second)))
            throw node.Wrong(input, $"extents that fit {Extents.Text(product)}");
    }
}
