namespace Unreel.Onnx.Tests;

public sealed class EncoderGraphTests
{
    // Worst difference seen: 3e-6.
    private const double Tolerance = 2e-5;

    private static readonly EncoderShape Shape = TinyClassifier.Shape;

    public static TheoryData<GraphFlavour, int> Forms => Styles.Data;

    [Theory]
    [MemberData(nameof(Forms))]
    public void Features_and_tokens_match_loops(GraphFlavour flavour, int opset)
    {
        byte[] video = SeededFloats.Bytes(3 * ClipBytes, seed: 8);

        Dictionary<string, float[]> found = Run(video, 3, keysLayer: null, flavour, opset, "features", "tokens");

        double[][][] expected = [.. video.Chunk(ClipBytes).Select(clip => Reference.Tokens(clip, Shape.Depth))];
        FloatAssert.Close([.. expected.SelectMany(tokens => tokens.SelectMany(token => token))], found["tokens"], Tolerance);
        FloatAssert.Close([.. video.Chunk(ClipBytes).SelectMany(clip => Reference.Classify(clip).Features)], found["features"], Tolerance);
    }

    [Theory]
    [MemberData(nameof(Forms))]
    public void Keys_are_the_normalised_tokens_times_the_keys_part_of_qkv(GraphFlavour flavour, int opset)
    {
        byte[] video = SeededFloats.Bytes(2 * ClipBytes, seed: 9);
        for (int layer = 0; layer < Shape.Depth; layer++)
        {
            float[] found = Run(video, 2, layer, flavour, opset, "keys", "tokens")["keys"];

            FloatAssert.Close([.. video.Chunk(ClipBytes).SelectMany(clip => Keys(clip, layer))], found, Tolerance);
        }
    }

    // Values that are outputs of the network's modules carry their names in every form, so that one can be held against the other.
    [Theory]
    [MemberData(nameof(Forms))]
    public void Values_are_named_after_modules(GraphFlavour flavour, int opset)
    {
        var made = Document(null, new GraphOptions { Style = new GraphStyle(flavour, opset) }).Model.Graph.Node.SelectMany(node => node.Output).ToHashSet();

        string[] modules = ["patch_embed", "blocks.0.norm1", "blocks.0.attn.keys", "blocks.0.attn.proj", "blocks.0.norm2", "blocks.0.mlp.fc1", "blocks.0.mlp.fc2", "blocks.0", "tokens", "features"];
        Assert.Empty(modules.Except(made));
    }

    [Fact]
    public void Keys_beyond_the_last_block_are_refused()
    {
        ContractException problem = Assert.Throws<ContractException>(() => Document(keysLayer: 2, new GraphOptions()));

        Assert.Equal("keys_layer: expected at most 1, found 2", problem.Reason);
    }

    [Fact]
    public void A_contract_of_another_graph_is_refused()
    {
        ContractException problem = Assert.Throws<ContractException>(() => EncoderGraph.Write(Shape, Weights, TinyClassifier.Contract()));

        Assert.Equal("graph: expected Encoder, found Classifier", problem.Reason);
    }

    [Fact]
    public void An_encoder_is_not_run_as_a_classifier()
    {
        OnnxModelException problem = Assert.Throws<OnnxModelException>(() => OnnxModel.Open(Document(null, new GraphOptions()).ToArray(), "encoder"));

        Assert.Contains("is no classifier: its contract says graph 'encoder'", problem.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_contract_says_what_the_graph_is()
    {
        ModelContract contract = Document(keysLayer: 1, new GraphOptions()).ReadContract();

        Assert.Equal((GraphKind.Keys, 1, 0), (contract.Graph, contract.KeysLayer, contract.Labels.Count));
    }

    private static int ClipBytes => Shape.Frames * Shape.Size * Shape.Size * 3;

    private static Reference Reference { get; } = new(TinyClassifier.Shape, TinyClassifier.Weights());

    private static WeightSet Weights => TinyClassifier.Weights(head: false);

    private static IEnumerable<double> Keys(byte[] clip, int layer)
    {
        float[] keyWeight = Reference.W($"blocks.{layer}.attn.qkv.weight")[(Shape.Width * Shape.Width)..(2 * Shape.Width * Shape.Width)];
        return Reference.Tokens(clip, layer)
            .Select(token => Reference.LayerNorm(token, Reference.W($"blocks.{layer}.norm1.weight"), Reference.W($"blocks.{layer}.norm1.bias"), Shape.Epsilon))
            .SelectMany(token => Reference.Linear(token, keyWeight, null));
    }

    private static Dictionary<string, float[]> Run(byte[] video, int clips, int? keysLayer, GraphFlavour flavour, int opset, params string[] outputs) =>
        GraphRun.Of(Document(keysLayer, new GraphOptions { Style = new GraphStyle(flavour, opset) }), video, [clips, Shape.Frames, Shape.Size, Shape.Size, 3], null, outputs);

    private static OnnxDocument Document(int? keysLayer, GraphOptions options) => EncoderGraph.Write(
        Shape, Weights, TinyClassifier.Contract() with { Graph = keysLayer is null ? GraphKind.Encoder : GraphKind.Keys, KeysLayer = keysLayer, Labels = [] }, options);
}
