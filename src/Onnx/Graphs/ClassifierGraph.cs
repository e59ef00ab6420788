namespace Unreel.Onnx;

/// <summary>Writes VideoMAE's fine-tuned classifier as an ONNX graph that takes video bytes.</summary>
public static class ClassifierGraph
{
    /// <summary>Name of the input: uint8 [batch, frames, height, width, 3], RGB.</summary>
    public const string Video = "video";

    /// <summary>Name of the output before softmax: float [batch, classes].</summary>
    public const string Logits = "logits";

    /// <summary>Name of the output after softmax: float [batch, classes].</summary>
    public const string Probabilities = "probabilities";

    /// <summary>Name of the output after <c>fc_norm</c>: float [batch, width].</summary>
    public const string Features = "features";

    /// <summary>Name of the extent that is always open.</summary>
    internal const string Batch = "batch";

    /// <summary>Writes the graph with its contract.</summary>
    /// <param name="shape">Sizes of the network.</param>
    /// <param name="weights">
    /// Weights under VideoMAE's fine-tuned names; those that begin with <c>pool.</c> make the graph pool its tokens by attention and not by
    /// their mean; <c>pos_embed</c> replaces the sinusoid. They are not copied and must stay unchanged until the model is saved.
    /// </param>
    /// <param name="contract">Goes into the model's metadata; its labels and input must fit <paramref name="shape"/>.</param>
    /// <param name="options">How it is written; null for portable operators of opset 17 and fixed extents.</param>
    /// <exception cref="ArgumentException">The sizes do not fit each other.</exception>
    /// <exception cref="ContractException">The contract does not fit the sizes.</exception>
    /// <exception cref="WeightException">A weight is missing, left over or of another shape.</exception>
    public static OnnxDocument Write(ClassifierShape shape, IWeights weights, ModelContract contract, GraphOptions? options = null)
    {
        options ??= new GraphOptions();
        shape.Validate();
        VideoEncoder.Check(shape, contract, GraphKind.Classifier);
        if (contract.Labels.Count != shape.Classes)
            throw new ContractException($"labels: expected {shape.Classes}, one for each class of the head, found {contract.Labels.Count}");

        var graph = new GraphBuilder("classifier", options.Style);
        var root = new WeightScope(weights);
        Value xBND = VideoEncoder.Embed(graph, VideoEncoder.Input(graph, shape, options), root, shape, options);
        (xBND, _) = VideoEncoder.Blocks(graph, xBND, root, shape.Depth, shape.Block);
        Value featuresBD = Pool(graph, xBND, root, shape);
        Value logitsBC = Layers.Head(graph, featuresBD, root["head"], shape.Width, shape.Classes);

        graph.Output(Logits, logitsBC, ElementType.Float, Batch, shape.Classes);
        graph.Output(Probabilities, graph.Node("Softmax", [logitsBC], ("axis", -1)), ElementType.Float, Batch, shape.Classes);
        graph.Output(Features, featuresBD, ElementType.Float, Batch, shape.Width);
        graph.Metadata(ModelContract.Key, contract.ToJson());
        root.EnsureAllRead();
        return graph.Build();
    }

    /// <summary>From a classifier's tokens [B, N, D] to what its head sees, [B, D]: their mean or what attention makes of them, then <c>fc_norm</c>.</summary>
    internal static Value Pool(GraphBuilder graph, Value xBND, WeightScope weights, EncoderShape shape)
    {
        Value pooledBD = weights["pool"]["query"].Exists
            ? AttentivePool.Write(graph, xBND, weights["pool"], shape.Block)
            : graph.Mean(xBND, axis: 1, keep: false);
        return Layers.LayerNorm(graph, pooledBD, weights["fc_norm"], shape.Width, shape.Epsilon);
    }
}
