using System.Globalization;

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

    private const string Batch = "batch";

    /// <summary>Writes the graph with its contract.</summary>
    /// <param name="shape">Sizes of the network.</param>
    /// <param name="weights">
    /// Weights under VideoMAE's fine-tuned names; those that begin with <c>pool.</c> make the graph pool its tokens by attention and not by
    /// their mean; <c>pos_embed</c> replaces the sinusoid. They are not copied and must stay unchanged until the model is saved.
    /// </param>
    /// <param name="contract">Goes into the model's metadata; its labels and input must fit <paramref name="shape"/>.</param>
    /// <exception cref="ArgumentException">The sizes do not fit each other.</exception>
    /// <exception cref="ContractException">The contract does not fit the sizes.</exception>
    /// <exception cref="WeightException">A weight is missing, left over or of another shape.</exception>
    public static OnnxDocument Write(ClassifierShape shape, IWeights weights, ModelContract contract)
    {
        shape.Validate();
        CheckContract(shape, contract);

        var graph = new GraphBuilder("classifier");
        var root = new WeightScope(weights);
        Value videoBTYXC = graph.Input(Video, ElementType.UInt8, Batch, shape.Frames, shape.Size, shape.Size, ClassifierShape.Channels);
        Value featuresBD = Encode(graph, videoBTYXC, root, shape);
        Value logitsBC = Layers.Head(graph, featuresBD, root["head"], shape.Width, shape.Classes);

        graph.Output(Logits, logitsBC, ElementType.Float, Batch, shape.Classes);
        graph.Output(Probabilities, graph.Node("Softmax", [logitsBC], ("axis", -1)), ElementType.Float, Batch, shape.Classes);
        graph.Output(Features, featuresBD, ElementType.Float, Batch, shape.Width);
        graph.Metadata(ModelContract.Key, contract.ToJson());
        root.EnsureAllRead();
        return graph.Build();
    }

    private static Value Encode(GraphBuilder graph, Value videoBTYXC, WeightScope weights, ClassifierShape shape)
    {
        Value xBCTYX = VideoInput.Normalise(graph, videoBTYXC, shape.Mean, shape.Std, shape.CentreOverTime);
        Value xBND = VideoInput.AddPositions(graph, VideoInput.PatchEmbedding(graph, xBCTYX, weights["patch_embed"], shape), weights["pos_embed"], shape);
        for (int i = 0; i < shape.Depth; i++)
            xBND = Layers.Block(graph, xBND, weights["blocks"][i.ToString(CultureInfo.InvariantCulture)], shape);

        Value pooledBD = weights["pool"]["query"].Exists
            ? AttentivePool.Write(graph, xBND, weights["pool"], shape)
            : graph.Node("ReduceMean", [xBND], ("axes", (long[])[1]), ("keepdims", 0));
        return Layers.LayerNorm(graph, pooledBD, weights["fc_norm"], shape.Width, shape.Epsilon);
    }

    private static void CheckContract(ClassifierShape shape, ModelContract contract)
    {
        if (contract.Labels.Count != shape.Classes)
            throw new ContractException($"labels: expected {shape.Classes}, one for each class of the head, found {contract.Labels.Count}");

        var expected = new InputGeometry(shape.Frames, shape.Size, shape.Size);
        if (contract.Input != expected)
            throw new ContractException($"input: expected {expected}, as the network takes, found {contract.Input}");
    }
}
