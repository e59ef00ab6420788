namespace Unreel.Onnx;

/// <summary>The modules of a vision transformer as graph nodes. Shape letters: B clips, N tokens, D width.</summary>
public static class Layers
{
    /// <summary>Normalises the last dimension, then scales and shifts it by <c>weight</c> and <c>bias</c>.</summary>
    public static Value LayerNorm(GraphBuilder graph, Value xBND, WeightScope weights, int width, float epsilon)
    {
        using var scope = graph.Scope(weights.Path);
        return graph.Named(weights.Path, graph.Node(
            "LayerNormalization",
            [xBND, graph.Weight(weights["weight"], width), graph.Weight(weights["bias"], width)],
            ("axis", -1),
            ("epsilon", epsilon)));
    }

    /// <summary>Multiplies the last dimension by <c>weight</c> [outputs, inputs] transposed and adds <c>bias</c> [outputs].</summary>
    public static Value Linear(GraphBuilder graph, Value xBND, WeightScope weights, int inputs, int outputs)
    {
        using var scope = graph.Scope(weights.Path);
        Value product = graph.Node("MatMul", [xBND, graph.Transposed(weights["weight"], outputs, inputs)]);
        return graph.Named(weights.Path, graph.Node("Add", [product, graph.Weight(weights["bias"], outputs)]));
    }

    /// <summary>Multiplies the last dimension by <c>weight</c> [outputs, inputs] transposed.</summary>
    public static Value Product(GraphBuilder graph, Value xBND, WeightScope weights, int inputs, int outputs)
    {
        using var scope = graph.Scope(weights.Path);
        return graph.Named(weights.Path, graph.Node("MatMul", [xBND, graph.Transposed(weights["weight"], outputs, inputs)]));
    }

    /// <summary>fc1, GELU, fc2.</summary>
    public static Value Mlp(GraphBuilder graph, Value xBND, WeightScope weights, int width, int hidden)
    {
        using var scope = graph.Scope(weights.Path);
        return Linear(graph, graph.Gelu(Linear(graph, xBND, weights["fc1"], width, hidden)), weights["fc2"], hidden, width);
    }

    /// <summary>Pre-norm transformer block; mirrors <c>Block.forward</c> line for line.</summary>
    public static Value Block(GraphBuilder graph, Value xBND, WeightScope weights, BlockShape shape) => BlockAndKeys(graph, xBND, weights, shape).BlockBND;

    /// <summary>Linear layer on a matrix [B, D], in the weights' own layout.</summary>
    public static Value Head(GraphBuilder graph, Value xBD, WeightScope weights, int inputs, int outputs)
    {
        using var scope = graph.Scope(weights.Path);
        return graph.Named(weights.Path, graph.Node(
            "Gemm",
            [xBD, graph.Weight(weights["weight"], outputs, inputs), graph.Weight(weights["bias"], outputs)],
            ("transB", 1)));
    }

    /// <summary>As <see cref="Block"/>, with the attention's keys, heads side by side.</summary>
    internal static (Value BlockBND, Value KeysBND) BlockAndKeys(GraphBuilder graph, Value xBND, WeightScope weights, BlockShape shape)
    {
        using var scope = graph.Scope(weights.Path);
        Value normed = LayerNorm(graph, xBND, weights["norm1"], shape.Width, shape.Epsilon);
        (Value attended, Value keysBND) = SelfAttention.WithKeys(graph, normed, weights["attn"], shape.Width, shape.Heads);
        Value mixedBND = graph.Node("Add", [xBND, attended]);
        Value renormed = LayerNorm(graph, mixedBND, weights["norm2"], shape.Width, shape.Epsilon);
        Value sumBND = graph.Node("Add", [mixedBND, Mlp(graph, renormed, weights["mlp"], shape.Width, shape.Hidden)]);
        return (graph.Named(weights.Path, sumBND), keysBND);
    }
}
