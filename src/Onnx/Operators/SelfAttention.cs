namespace Unreel.Onnx;

/// <summary>
/// Self-attention as graph nodes. <c>qkv.weight</c> [3D, D] has no bias of its own: <c>q_bias</c> and <c>v_bias</c> [D] are weights apart and
/// the keys' bias is zero, as in VideoMAE. Shape letters: B clips, N tokens, D width, H heads, K width of a head.
/// </summary>
public static class SelfAttention
{
    private enum Part
    {
        Query,
        Key,
        Value,
    }

    /// <summary>Writes it in the form that suits the graph's flavour and opset.</summary>
    public static Value Write(GraphBuilder graph, Value xBND, WeightScope weights, int width, int heads) => WithKeys(graph, xBND, weights, width, heads).MixedBND;

    /// <summary>As <see cref="Write"/>, with the keys [B, N, D], heads side by side.</summary>
    internal static (Value MixedBND, Value KeysBND) WithKeys(GraphBuilder graph, Value xBND, WeightScope weights, int width, int heads)
    {
        using var scope = graph.Scope(weights.Path);
        (Value query, Value key, Value value) = graph.Style.Flavour == GraphFlavour.Ort
            ? Apart(graph, xBND, weights, width)
            : Together(graph, xBND, weights, width);
        Value mixedBND = graph.Style switch
        {
            { Flavour: GraphFlavour.Ort } => graph.Node("com.microsoft.MultiHeadAttention", [query, key, value], ("num_heads", heads)),
            { Opset: >= 23 } => graph.Node("Attention", [query, key, value], ("q_num_heads", heads), ("kv_num_heads", heads)),
            _ => Plain(graph, query, key, value, width, heads),
        };
        return (Layers.Linear(graph, mixedBND, weights["proj"], width, width), graph.Named($"{weights.Path}.keys", key));
    }

    // One product and a cut.
    private static (Value Query, Value Key, Value Value) Together(GraphBuilder graph, Value xBND, WeightScope weights, int width)
    {
        Value product = graph.Node("MatMul", [xBND, graph.Transposed(weights["qkv.weight"], 3 * width, width)]);
        Value[] parts = graph.Split(graph.Node("Add", [product, QkvBias(graph, weights, width)]), 3);
        return (parts[0], parts[1], parts[2]);
    }

    // Three products: what cutting their common result would copy is never made.
    private static (Value Query, Value Key, Value Value) Apart(GraphBuilder graph, Value xBND, WeightScope weights, int width)
    {
        Value query = graph.Node("Add", [Product(Part.Query), graph.Weight(weights["q_bias"], width)]);
        Value value = graph.Node("Add", [Product(Part.Value), graph.Weight(weights["v_bias"], width)]);
        return (query, Product(Part.Key), value);

        Value Product(Part part) => graph.Node("MatMul", [xBND, Slice(graph, weights["qkv.weight"], part, width)]);
    }

    private static Value Slice(GraphBuilder graph, WeightScope weight, Part part, int width)
    {
        Func<ReadOnlyMemory<float>> read = weight.Read(3 * width, width);
        string letter = part switch { Part.Query => "q", Part.Key => "k", _ => "v" };
        return graph.Transposed($"{weight.Path}.{letter}", () => read().Slice((int)part * width * width, width * width), width, width);
    }

    private static Value Plain(GraphBuilder graph, Value query, Value key, Value value, int width, int heads)
    {
        Value queryBHNK = graph.Node("Mul", [Heads(query, [0, 2, 1, 3]), graph.Scalar(1 / MathF.Sqrt(width / heads))]);
        Value sharesBHNN = graph.Node("Softmax", [graph.Node("MatMul", [queryBHNK, Heads(key, [0, 2, 3, 1])])], ("axis", -1));
        Value mixedBNHK = graph.Node("Transpose", [graph.Node("MatMul", [sharesBHNN, Heads(value, [0, 2, 1, 3])])], ("perm", (long[])[0, 2, 1, 3]));
        return graph.Node("Reshape", [mixedBNHK, graph.Integers(0, 0, width)]);

        Value Heads(Value x, long[] order) =>
            graph.Node("Transpose", [graph.Node("Reshape", [x, graph.Integers(0, 0, heads, width / heads)])], ("perm", order));
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
