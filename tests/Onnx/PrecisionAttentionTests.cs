namespace Unreel.Onnx.Tests;

/// <summary>Attention in products of 8 bits, against loops over doubles.</summary>
public sealed class PrecisionAttentionTests
{
    private const int Clips = 2;
    private const int Tokens = 50;
    private const int Heads = 3;
    private const int Width = 24;

    public static TheoryData<bool, int, int> Forms => new()
    {
        { true, 17, int.MaxValue },
        { true, 18, int.MaxValue },
        { false, 17, int.MaxValue },
        { false, 23, int.MaxValue },

        // Chunks of 20 queries, 17 when shared out evenly; and of 16, the fewest there are.
        { true, 17, 4 * Heads * Tokens * 20 },
        { false, 18, 1 },
        { true, 21, 1 },
    };

    [Theory]
    [MemberData(nameof(Forms))]
    public void It_mixes_values_as_exact_attention_does(bool calibrated, int opset, int scoreBytes)
    {
        float[] qkv = SeededFloats.Uniform(Clips * Tokens * 3 * Width, seed: 2, scale: 1.5f);
        OnnxDocument document = Attention(opset, Tokens);
        var editor = new GraphEditor(document);
        TensorRange range = new(-1.5f, 1.5f);
        string[] inputs = [.. editor.Nodes.Single(AttentionQuantiser.Fits).Input];

        new AttentionQuantiser(ShapeInference.Run(document), scoreBytes)
            .Apply(editor, new HashSet<string>(), calibrated ? inputs.ToDictionary(input => input, _ => range) : null);
        OnnxDocument quantised = editor.Build();

        float[] actual = OnnxRun.Once(quantised, qkv, Clips, Tokens, 3 * Width);
        Assert.InRange(PrecisionSupport.RelativeDifference([.. Exact(qkv).Select(value => (float)value)], actual), 1e-4, 0.02);
        Assert.Equal(scoreBytes == int.MaxValue ? 2 : scoreBytes == 1 ? 8 : 6, PrecisionSupport.Operators(quantised)["MatMulIntegerToFloat"]);
        FloatAssert.Close(Exact(qkv), OnnxRun.Once(document, qkv, Clips, Tokens, 3 * Width), 1e-5);
    }

    [Fact]
    public void Attention_that_is_asked_for_stays()
    {
        var editor = new GraphEditor(Attention(17, "tokens"));

        new AttentionQuantiser(new Dictionary<string, ValueFact>()).Apply(editor, new HashSet<string> { "attn" }, null);

        Assert.Contains(editor.Nodes, node => node.OpType == "MultiHeadAttention");
    }

    [Fact]
    public void Keys_and_values_of_zeros_give_zeros()
    {
        var editor = new GraphEditor(Attention(17, "tokens"));
        new AttentionQuantiser(new Dictionary<string, ValueFact>()).Apply(editor, new HashSet<string>(), null);

        Assert.All(OnnxRun.Once(editor.Build(), new float[Tokens * 3 * Width], 1, Tokens, 3 * Width), value => Assert.Equal(0, value));
    }

    // What is open is computed while the graph runs, and queries are not cut.
    [Theory]
    [InlineData(17)]
    [InlineData(21)]
    public void Open_extents_give_the_same(int opset)
    {
        float[] qkv = SeededFloats.Uniform(Clips * Tokens * 3 * Width, seed: 2, scale: 1.5f);
        var editor = new GraphEditor(Attention(opset, "tokens"));

        new AttentionQuantiser(new Dictionary<string, ValueFact>(), scoreBytes: 1).Apply(editor, new HashSet<string>(), null);
        OnnxDocument quantised = editor.Build();

        Assert.Equal(2, PrecisionSupport.Operators(quantised)["MatMulIntegerToFloat"]);
        Assert.InRange(PrecisionSupport.RelativeDifference([.. Exact(qkv).Select(value => (float)value)], OnnxRun.Once(quantised, qkv, Clips, Tokens, 3 * Width)), 1e-4, 0.02);
    }

    // No clip is needed for it: how many tokens there are follows from the input.
    [Fact]
    public void Tokens_of_a_classifier_and_a_decoder_are_known()
    {
        IReadOnlyDictionary<string, ValueFact> classifier = ShapeInference.Run(PrecisionSupport.Classifier(GraphFlavour.Ort));
        OnnxDocument autoencoder = TinyAutoencoder.Reconstruction(new GraphOptions { Style = new GraphStyle(GraphFlavour.Ort) });
        IReadOnlyDictionary<string, ValueFact> reconstruction = ShapeInference.Run(autoencoder);

        Assert.All(PrecisionSupport.Classifier(GraphFlavour.Ort).Model.Graph.Node.Where(AttentionQuantiser.Fits).SelectMany(node => node.Input.Take(3)), value => Assert.Equal([TinyClassifier.Shape.Tokens, TinyClassifier.Shape.Width], classifier[value].Shape!.Skip(1).Select(extent => extent.Size!.Value)));
        Assert.Equal([null, null, (long?)TinyAutoencoder.Shape.Tokens], autoencoder.Model.Graph.Node.Where(AttentionQuantiser.Fits).Select(node => reconstruction[node.Input[0]].Shape![1].Size));
    }

    private static OnnxDocument Attention(int opset, Dimension tokens)
    {
        var graph = new GraphBuilder("test", new GraphStyle(GraphFlavour.Ort, opset));
        Value[] parts = graph.Split(graph.Input("x", ElementType.Float, "clips", tokens, 3 * Width), 3);
        using (graph.Scope("attn"))
            graph.Output("y", graph.Node("com.microsoft.MultiHeadAttention", parts, ("num_heads", Heads)), ElementType.Float, "clips", tokens, Width);
        return graph.Build();
    }

    private static double[] Exact(float[] qkv)
    {
        const int size = Width / Heads;
        double[] mixed = new double[Clips * Tokens * Width];
        for (int clip = 0; clip < Clips; clip++)
        {
            for (int head = 0; head < Heads; head++)
            {
                for (int token = 0; token < Tokens; token++)
                {
                    double[] shares = Reference.Softmax([.. Enumerable.Range(0, Tokens).Select(other =>
                        Enumerable.Range(0, size).Sum(d => (double)At(0, clip, token, head, d) * At(1, clip, other, head, d)) / Math.Sqrt(size))]);
                    for (int d = 0; d < size; d++)
                        mixed[(((clip * Tokens) + token) * Width) + (head * size) + d] = shares.Select((share, other) => share * At(2, clip, other, head, d)).Sum();
                }
            }
        }

        return mixed;

        float At(int part, int clip, int token, int head, int d) => qkv[(((clip * Tokens) + token) * 3 * Width) + (part * Width) + (head * size) + d];
    }
}
