namespace Unreel.Onnx;

/// <summary>
/// Writes a masked autoencoder as an ONNX graph: from video bytes and the numbers of the tokens that it may see to what it predicts.
/// Shape letters: B clips, V visible tokens, N tokens, D width, E decoder width, C values of a cube.
/// </summary>
public static class ReconstructionGraph
{
    /// <summary>
    /// Name of the input that says which tokens are seen: int64 [batch, visible], numbered (slot, row, column), none twice. Numbers and not a
    /// mask, because all clips of a batch must show equally many.
    /// </summary>
    public const string Visible = "visible";

    /// <summary>
    /// Name of the output as the network gives it: float [batch, tokens, values], values ordered (frame, row, column, channel). The decoder
    /// was trained to predict hidden tokens; what it says of visible ones means nothing.
    /// </summary>
    public const string Predicted = "predicted";

    /// <summary>
    /// Name of the output to look at: uint8 like the video, visible cubes as they are and hidden ones as predicted. Where the target is
    /// normalised pixels, mean and deviation of a hidden cube are guessed from visible cubes nearby, never taken from the cube itself.
    /// </summary>
    public const string Picture = "picture";

    /// <summary>Writes the graph with its contract.</summary>
    /// <param name="shape">Sizes of the network.</param>
    /// <param name="weights">Weights under the names of VideoMAE's pre-training: <c>encoder.*</c>, <c>encoder_to_decoder.*</c>, <c>mask_token</c>, <c>decoder.*</c>.</param>
    /// <param name="contract">Goes into the model's metadata; its input must fit <paramref name="shape"/>.</param>
    /// <param name="options">How it is written; null for portable operators of opset 17. Frames and size must be fixed.</param>
    /// <exception cref="ArgumentException">The sizes do not fit each other.</exception>
    /// <exception cref="ContractException">The contract does not fit the sizes.</exception>
    /// <exception cref="GraphException">Frames or size are to be open.</exception>
    /// <exception cref="WeightException">A weight is missing, left over or of another shape.</exception>
    public static OnnxDocument Write(AutoencoderShape shape, IWeights weights, ModelContract contract, GraphOptions? options = null)
    {
        options ??= new GraphOptions();
        shape.Validate();
        VideoEncoder.Check(shape, contract, GraphKind.Reconstruction);
        if (options.IsDynamic)
            throw new GraphException("A reconstruction is of the size that the autoencoder was trained on: expected frames and size fixed, found them open");

        var graph = new GraphBuilder("reconstruction", options.Style);
        var root = new WeightScope(weights);
        Value videoBTYXC = VideoEncoder.Input(graph, shape, options);
        Value visibleBV = graph.Input(Visible, ElementType.Int64, ClassifierGraph.Batch, "visible");
        Value predictedBNC = Predict(graph, videoBTYXC, visibleBV, root, shape, options);

        graph.Output(Predicted, predictedBNC, ElementType.Float, ClassifierGraph.Batch, shape.Tokens, shape.CubeValues);
        Value picture = Pictures.Write(graph, videoBTYXC, visibleBV, predictedBNC, shape, CubeGrid.Of(graph, videoBTYXC, shape, options));
        graph.Output(Picture, picture, ElementType.UInt8, ClassifierGraph.Batch, shape.Frames, shape.Size, shape.Size, EncoderShape.Channels);
        graph.Metadata(ModelContract.Key, contract.ToJson());
        root.EnsureAllRead();
        return graph.Build();
    }

    /// <summary>Takes some tokens of each clip: from [B, N, X] and numbers [B, V] to [B, V, X].</summary>
    internal static Value Take(GraphBuilder graph, Value xBNX, Value visibleBV) =>
        graph.Node("GatherND", [xBNX, graph.Node("Unsqueeze", [visibleBV, graph.Integers(-1)])], ("batch_dims", 1));

    private static Value Predict(GraphBuilder graph, Value videoBTYXC, Value visibleBV, WeightScope root, AutoencoderShape shape, GraphOptions options)
    {
        WeightScope encoder = root["encoder"], decoder = shape.DecoderScope.Length == 0 ? root : root[shape.DecoderScope];
        Value seenBVD = Take(graph, VideoEncoder.Embed(graph, videoBTYXC, encoder, shape, options), visibleBV);
        (seenBVD, _) = VideoEncoder.Blocks(graph, seenBVD, encoder, shape.Depth, shape.Block);
        Value latentsBVD = Layers.LayerNorm(graph, seenBVD, encoder["norm"], shape.Width, shape.Epsilon);
        Value latentsBVE = Layers.Product(graph, latentsBVD, decoder["encoder_to_decoder"], shape.Width, shape.DecoderWidth);

        // The network lines visible tokens up before hidden ones. Tokens know their places by their positions alone, so any order gives the same values.
        Value xBNE = graph.Node("Add", [Spread(graph, latentsBVE, visibleBV, decoder["mask_token"], shape), Positions.Sinusoid(graph, "decoder.pos_embed", shape.Tokens, shape.DecoderWidth)]);
        (xBNE, _) = VideoEncoder.Blocks(graph, xBNE, decoder["decoder"], shape.DecoderDepth, shape.DecoderBlock);
        Value normedBNE = Layers.LayerNorm(graph, xBNE, decoder["decoder"]["norm"], shape.DecoderWidth, shape.Epsilon);
        return Layers.Linear(graph, normedBNE, decoder["decoder"]["head"], shape.DecoderWidth, shape.CubeValues);
    }

    // The mask token everywhere, [B, N, E], except where latents are known.
    private static Value Spread(GraphBuilder graph, Value latentsBVE, Value visibleBV, WeightScope maskToken, AutoencoderShape shape)
    {
        Value batch = graph.Node("Shape", [visibleBV], ("start", 0), ("end", 1));
        Value all = graph.Node("Concat", [batch, graph.Integers(shape.Tokens, shape.DecoderWidth)], ("axis", 0));
        Value hiddenBNE = graph.Node("Expand", [graph.Weight(maskToken, 1, 1, shape.DecoderWidth), all]);
        Value placesBV1 = graph.Node("Unsqueeze", [visibleBV, graph.Integers(-1)]);
        Value placesBVE = graph.Node("Expand", [placesBV1, graph.Node("Shape", [latentsBVE])]);
        return graph.Node("ScatterElements", [hiddenBNE, placesBVE, latentsBVE], ("axis", 1));
    }
}
