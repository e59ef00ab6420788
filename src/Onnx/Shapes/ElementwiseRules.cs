using static Unreel.Onnx.OperatorRules;

namespace Unreel.Onnx;

/// <summary>Operators that work element by element.</summary>
internal static class ElementwiseRules
{
    internal static IEnumerable<OperatorRule> All { get; } =
    [
        .. Each(Same, "Identity", "Neg", "Abs", "Floor", "Ceil", "Round", "Sign", "Relu", "Clip", "Not", "BitwiseNot", "Dropout", "CumSum", "Trilu"),
        .. Each(Float, "Sqrt", "Exp", "Log", "Erf", "Sin", "Cos", "Reciprocal", "Sigmoid", "Tanh", "LeakyRelu", "Elu", "Selu", "Softplus", "Softsign", "HardSigmoid", "HardSwish", "Softmax", "LogSoftmax"),
        Rule("Gelu", Float),
        Rule("Mish", Float),
        .. Each(Broadcast, "Add", "Sub", "Mul", "Div", "Min", "Max", "Sum", "Mean", "Mod", "And", "Or", "Xor", "PRelu"),
        Rule("Pow", node => new ValueFact(node.Input(0).Type, Shape(node))),
        .. Each(Compare, "Equal", "Less", "Greater", "LessOrEqual", "GreaterOrEqual"),
        Rule("IsNaN", node => new ValueFact(ElementType.Bool, node.Shape(0))),
        Rule("Where", Where),
        Rule("Cast", node => node.Input(0) with { Type = (ElementType)node.Required("to") }),
        Rule("CastLike", node => node.Input(0) with { Type = node.Input(1).Type }),
        Rule($"{Ort}.Gelu", Float),
        Rule($"{Ort}.QuickGelu", Float),
        Rule($"{Ort}.BiasGelu", Biased),
        Rule($"{Ort}.FastGelu", Biased),
        Rule($"{Ort}.BiasAdd", Float),
    ];

    /// <summary>The types that floating-point operators take.</summary>
    internal static ReadOnlySpan<ElementType> Floats => new[] { ElementType.Float, ElementType.Float16, ElementType.BFloat16, ElementType.Double };

    private static IEnumerable<OperatorRule> Each(Func<NodeFacts, ValueFact> output, params IEnumerable<string> names) => names.Select(name => Rule(name, output));

    private static ValueFact Same(NodeFacts node) => node.Input(0) with { Values = node.Node.OpType == "Identity" ? node.Values(0) : null };

    private static ValueFact Float(NodeFacts node)
    {
        node.RequireType(0, Floats);
        return node.Input(0) with { Values = null };
    }

    private static ValueFact Broadcast(NodeFacts node)
    {
        for (int input = 1; input < node.Count; input++)
            node.RequireSameType(input, 0);
        return new ValueFact(node.Input(0).Type, Shape(node), Computed(node));
    }

    private static ValueFact Compare(NodeFacts node)
    {
        node.RequireSameType(1, 0);
        return new ValueFact(ElementType.Bool, Shape(node));
    }

    private static ValueFact Where(NodeFacts node)
    {
        node.RequireType(0, ElementType.Bool);
        node.RequireSameType(2, 1);
        return new ValueFact(node.Input(1).Type, Shape(node));
    }

    // The bias, where there is one, is as long as the last extent.
    private static ValueFact Biased(NodeFacts node)
    {
        node.RequireType(0, Floats);
        node.RequireSameType(1, 0);
        if (node.Shape(0) is { Count: > 0 } shape)
            node.RequireShape(1, shape[^1]);
        return node.Input(0) with { Values = null };
    }

    private static Dimension[]? Shape(NodeFacts node)
    {
        Dimension[]? shape = Extents.Broadcast([.. Enumerable.Range(0, node.Count).Select(node.Shape)], out int clash);
        return clash < 0 ? shape : throw node.Wrong(clash, $"extents that fit {Extents.Text(Extents.Broadcast([.. Enumerable.Range(0, clash).Select(node.Shape)], out _)!)}");
    }

    // Of numbers that extents are computed from.
    private static Dimension[]? Computed(NodeFacts node)
    {
        if (node.Count != 2 || node.Input(0).Shape is not { Count: <= 1 } || node.Values(0) is not { } left || node.Values(1) is not { } right)
            return null;
        int count = Math.Max(left.Count, right.Count);
        if ((left.Count != count && left.Count != 1) || (right.Count != count && right.Count != 1))
            return null;
        return [.. Enumerable.Range(0, count).Select(i => Computed(node.Node.OpType, left[left.Count == 1 ? 0 : i], right[right.Count == 1 ? 0 : i]))];
    }

    private static Dimension Computed(string operation, Dimension left, Dimension right) => (operation, left.Size, right.Size) switch
    {
        ("Mul", _, _) => Extents.Product([left, right]),
        ("Div", { } one, { } other) when other != 0 => one / other,
        ("Div", _, _) => Extents.Quotient(left, right),
        ("Add", { } one, { } other) => one + other,
        ("Sub", { } one, { } other) => one - other,
        ("Min", { } one, { } other) => Math.Min(one, other),
        ("Max", { } one, { } other) => Math.Max(one, other),
        _ => default,
    };
}
