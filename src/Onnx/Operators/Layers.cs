namespace Unreel.Onnx;

/// <summary>The modules of a vision transformer as graph nodes. Shape letters: B clips, N tokens, D width, H heads.</summary>
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

    /// <summary>Exact GELU, x * (1 + erf(x / sqrt 2)) / 2, in the order of operations that ONNX Runtime knows to fuse.</summary>
    public static Value Gelu(GraphBuilder graph, Value x)
    {
        Value erf = graph.Node("Erf", [graph.Node("Div", [x, graph.Scalar(MathF.Sqrt(2))])]);
        Value gated = graph.Node("Mul", [x, graph.Node("Add", [erf, graph.Scalar(1)])]);
        return graph.Node("Mul", [gated, graph.Scalar(0.5f)]);
    }

    /// <summary>fc1, GELU, fc2.</summary>
    public static Value Mlp(GraphBuilder graph, Value xBND, WeightScope weights, int width, int hidden)
    {
        using var scope = graph.Scope(weights.Path);
        return Linear(graph, Gelu(graph, Linear(graph, xBND, weights["fc1"], width, hidden)), weights["fc2"], hidden, width);
    }

    /// <summary>
    /// Self-attention in standard operators. <c>qkv.weight</c> [3D, D] has no bias of its own: <c>q_bias</c> and
    /// <c>v_bias</c> [D] are weights apart and the keys' bias is zero, as in VideoMAE.
    /// </summary>
    public static Value Attention(GraphBuilder graph, Value xBND, WeightScope weights, int width, int heads)
    {
        using var scope = graph.Scope(weights.Path);
        Value product = graph.Node("MatMul", [xBND, graph.Transposed(weights["qkv.weight"], 3 * width, width)]);
        Value[] qkvBND = graph.Nodes("Split", [graph.Node("Add", [product, QkvBias(graph, weights, width)])], 3, ("axis", -1));

        Value qBHND = graph.Node("Mul", [Heads(graph, qkvBND[0], [0, 2, 1, 3]), graph.Scalar(1 / MathF.Sqrt(width / heads))]);
        Value kBHDN = Heads(graph, qkvBND[1], [0, 2, 3, 1]);
        Value vBHND = Heads(graph, qkvBND[2], [0, 2, 1, 3]);

        Value weightsBHNN = graph.Node("Softmax", [graph.Node("MatMul", [qBHND, kBHDN])], ("axis", -1));
        Value mixedBNHD = graph.Node("Transpose", [graph.Node("MatMul", [weightsBHNN, vBHND])], ("perm", (long[])[0, 2, 1, 3]));
        return Linear(graph, graph.Node("Reshape", [mixedBNHD, graph.Integers(0, 0, width)]), weights["proj"], width, width);

        Value Heads(GraphBuilder builder, Value x, long[] order) =>
            builder.Node("Transpose", [builder.Node("Reshape", [x, builder.Integers(0, 0, heads, width / heads)])], ("perm", order));
    }

    /// <summary>Pre-norm transformer block; mirrors <c>Block.forward</c> line for line.</summary>
    public static Value Block(GraphBuilder graph, Value xBND, WeightScope weights, ClassifierShape shape)
    {
        using var scope = graph.Scope(weights.Path);
        Value normed = LayerNorm(graph, xBND, weights["norm1"], shape.Width, shape.Epsilon);
        Value mixedBND = graph.Node("Add", [xBND, Attention(graph, normed, weights["attn"], shape.Width, shape.Heads)]);
        Value renormed = LayerNorm(graph, mixedBND, weights["norm2"], shape.Width, shape.Epsilon);
        return graph.Named(weights.Path, graph.Node("Add", [mixedBND, Mlp(graph, renormed, weights["mlp"], shape.Width, shape.Hidden)]));
    }

    /// <summary>Linear layer on a matrix [B, D], in the weights' own layout.</summary>
    public static Value Head(GraphBuilder graph, Value xBD, WeightScope weights, int inputs, int outputs)
    {
        using var scope = graph.Scope(weights.Path);
        return graph.Named(weights.Path, graph.Node(
            "Gemm",
            [xBD, graph.Weight(weights["weight"], outputs, inputs), graph.Weight(weights["bias"], outputs)],
            ("transB", 1)));
    }

    private static Value QkvBias(GraphBuilder graph, WeightScope weights, int width)
    {
        Func<ReadOnlyMemory<float>> q = weights["q_bias"].Read(width), v = weights["v_bias"].Read(width);
        return graph.Computed($"{weights.Path}.qkv.bias", [3 * width], () =>
        {
            float[] bias = new float[3 * width];
            q().CopyTo(bias);
            v().CopyTo(bias.AsMemory(2 * width));
            return bias;
        });
    }
}
