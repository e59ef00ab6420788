namespace Unreel.Onnx;

/// <summary>Writes an encoder as an ONNX graph that takes video bytes and gives features, and if asked the attention keys of one block.</summary>
public static class EncoderGraph
{
    /// <summary>Name of the output of each token: float [batch, tokens, width], what the last block gives, after the encoder's own norm where it has one.</summary>
    public const string Tokens = "tokens";

    /// <summary>Name of the output of a block's attention keys, heads side by side: float [batch, tokens, width].</summary>
    public const string Keys = "keys";

    /// <summary>Writes the graph with its contract.</summary>
    /// <param name="shape">Sizes of the network.</param>
    /// <param name="weights">
    /// Weights under VideoMAE's names, without a head and a decoder: an autoencoder's begin with <c>encoder.</c> and end with a norm, and the
    /// clip's features are the mean of its tokens; a classifier's do not, and the clip's features are what its head sees.
    /// </param>
    /// <param name="contract">Goes into the model's metadata; its input must fit <paramref name="shape"/>, its graph decides whether keys are given, its keys layer of which block.</param>
    /// <param name="options">How it is written; null for portable operators of opset 17 and fixed extents.</param>
    /// <exception cref="ArgumentException">The sizes do not fit each other.</exception>
    /// <exception cref="ContractException">The contract does not fit the sizes.</exception>
    /// <exception cref="WeightException">A weight is missing, left over or of another shape.</exception>
    public static OnnxDocument Write(EncoderShape shape, IWeights weights, ModelContract contract, GraphOptions? options = null)
    {
        options ??= new GraphOptions();
        shape.Validate();
        bool hasKeys = contract.KeysLayer is not null;
        VideoEncoder.Check(shape, contract, hasKeys ? GraphKind.Keys : GraphKind.Encoder);
        if (contract.KeysLayer >= shape.Depth)
            throw new ContractException($"keys_layer: expected at most {shape.Depth - 1}, found {contract.KeysLayer}");

        var graph = new GraphBuilder("encoder", options.Style);
        var root = new WeightScope(weights);
        Value videoBTYXC = VideoEncoder.Input(graph, shape, options);
        (Value featuresBD, Value tokensBND, Value keysBND) = Encode(graph, videoBTYXC, root, shape, options, contract.KeysLayer ?? -1);

        graph.Output(ClassifierGraph.Features, featuresBD, ElementType.Float, ClassifierGraph.Batch, shape.Width);
        graph.Output(Tokens, tokensBND, ElementType.Float, ClassifierGraph.Batch, options.Tokens(shape), shape.Width);
        if (hasKeys)
            graph.Output(Keys, keysBND, ElementType.Float, ClassifierGraph.Batch, options.Tokens(shape), shape.Width);
        graph.Metadata(ModelContract.Key, contract.ToJson());
        root.EnsureAllRead();
        return graph.Build();
    }

    private static (Value FeaturesBD, Value TokensBND, Value KeysBND) Encode(
        GraphBuilder graph, Value videoBTYXC, WeightScope root, EncoderShape shape, GraphOptions options, int keysLayer)
    {
        bool isAutoencoder = root["encoder"]["norm"]["weight"].Exists;
        WeightScope encoder = isAutoencoder ? root["encoder"] : root;
        Value xBND = VideoEncoder.Embed(graph, videoBTYXC, encoder, shape, options);
        (Value tokensBND, Value keysBND) = VideoEncoder.Blocks(graph, xBND, encoder, shape.Depth, shape.Block, keysLayer);
        if (!isAutoencoder)
            return (ClassifierGraph.Pool(graph, tokensBND, root, shape), tokensBND, keysBND);

        tokensBND = Layers.LayerNorm(graph, tokensBND, encoder["norm"], shape.Width, shape.Epsilon);
        return (graph.Mean(tokensBND, axis: 1, keep: false), tokensBND, keysBND);
    }
}
