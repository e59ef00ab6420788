namespace Unreel.Onnx;

/// <summary>A learned query that looks at all tokens, as graph nodes. Shape letters: B clips, N tokens, D width, H heads.</summary>
public static class AttentivePool
{
    /// <summary>From tokens [B, N, D] to one vector [B, D]; mirrors the network's <c>AttentivePool.forward</c> line for line.</summary>
    public static Value Write(GraphBuilder graph, Value xBND, WeightScope weights, BlockShape shape)
    {
        using var scope = graph.Scope(weights.Path);
        Value query11D = graph.Weight(weights["query"], 1, 1, shape.Width);
        Value normed = Layers.LayerNorm(graph, xBND, weights["norm1"], shape.Width, shape.Epsilon);
        Value pooledB1D = graph.Node("Add", [query11D, CrossAttention(graph, query11D, normed, weights["attn"], shape.Width, shape.Heads)]);
        Value renormed = Layers.LayerNorm(graph, pooledB1D, weights["norm2"], shape.Width, shape.Epsilon);
        Value sumB1D = graph.Node("Add", [pooledB1D, Layers.Mlp(graph, renormed, weights["mlp"], shape.Width, shape.Hidden)]);
        return graph.Named(weights.Path, graph.Node("Reshape", [sumB1D, graph.Integers(0, shape.Width)]));
    }

    private static Value CrossAttention(GraphBuilder graph, Value query11D, Value xBND, WeightScope weights, int width, int heads)
    {
        using var scope = graph.Scope(weights.Path);
        Value[] keyValueBND = graph.Split(Layers.Linear(graph, xBND, weights["kv"], width, 2 * width), 2);
        Value query1H1K = Heads(Layers.Linear(graph, query11D, weights["q"], width, width), [0, 2, 1, 3]);
        Value scaled = graph.Node("Mul", [query1H1K, graph.Scalar(1 / MathF.Sqrt(width / heads))]);
        Value sharesBH1N = graph.Node("Softmax", [graph.Node("MatMul", [scaled, Heads(keyValueBND[0], [0, 2, 3, 1])])], ("axis", -1));
        Value mixedB1HK = graph.Node("Transpose", [graph.Node("MatMul", [sharesBH1N, Heads(keyValueBND[1], [0, 2, 1, 3])])], ("perm", (long[])[0, 2, 1, 3]));
        return Layers.Linear(graph, graph.Node("Reshape", [mixedB1HK, graph.Integers(0, 0, width)]), weights["proj"], width, width);

        Value Heads(Value x, long[] order) =>
            graph.Node("Transpose", [graph.Node("Reshape", [x, graph.Integers(0, 0, heads, width / heads)])], ("perm", order));
    }
}
