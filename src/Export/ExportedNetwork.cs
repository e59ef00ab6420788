using Unreel.Modeling;
using Unreel.Onnx;
using Unreel.Pipelines;
using Unreel.Video;
using ModelDescription = Unreel.Modeling.ModelDescription;

namespace Unreel.Export;

/// <summary>
/// A trained network in a folder, to be written as an ONNX document: the one place that knows both. Its weights are read from the file one at
/// a time whenever the document is saved, so it must live until then.
/// </summary>
internal sealed class ExportedNetwork : IDisposable
{
    private const string WeightsFile = "model.safetensors";

    // Pre-trained weights do not say how far apart their frames were; VideoMAE's are.
    private const int UsualStride = 4;

    private readonly string _folder;
    private readonly SafetensorsFile _file;

    private ExportedNetwork(string folder, ModelDescription description, SafetensorsFile file) => (_folder, Description, _file) = (folder, description, file);

    /// <summary>The document beside the weights.</summary>
    public ModelDescription Description { get; }

    /// <summary>How a video becomes input: as a classifier says; for an autoencoder its frames and size at VideoMAE's stride.</summary>
    public ClipPreparation Preparation => Description.Preparation
        ?? new ClipPreparation { Frames = Description.Shape.Frames, Stride = UsualStride, Size = Description.Shape.ImageSize };

    /// <summary>Opens a folder with <c>model.safetensors</c> and <c>model.json</c>; no weight is read.</summary>
    /// <exception cref="ModelException">The folder holds no weights, or the file breaks a rule of its format.</exception>
    public static ExportedNetwork Open(string folder)
    {
        ModelDescription description = ModelDescription.Read(folder);
        return new ExportedNetwork(folder, description, SafetensorsFile.Open(Path.Combine(folder, WeightsFile)));
    }

    /// <summary>Writes the graph that is asked for; the contract says nothing of parity and accuracy yet.</summary>
    /// <param name="options">What graph, in which operators, with which extents open.</param>
    /// <param name="preparation">How a video becomes input.</param>
    /// <param name="weights">The digest of the weights.</param>
    /// <exception cref="ModelException">The weights are not those of a network that gives this graph, or do not fit their labels.</exception>
    /// <exception cref="UsageException">Options contradict each other or the network.</exception>
    /// <exception cref="WeightException">A weight is missing, left over or of another shape than the description says; the message names it.</exception>
    /// <exception cref="GraphException">An operator is not to be had in the opset.</exception>
    public OnnxDocument Write(ExportOptions options, ClipPreparation preparation, string weights)
    {
        int? keysLayer = KeysLayer(options);
        GraphOptions form = Form(options);
        VideoTransformerShape shape = Description.Shape;
        var contract = new ModelContract
        {
            Graph = options.Graph,
            KeysLayer = keysLayer,
            Flavour = options.Flavour.ToString().ToLowerInvariant(),
            Labels = options.Graph == GraphKind.Classifier ? Description.Labels : [],
            Input = new InputGeometry(shape.Frames, shape.ImageSize, shape.ImageSize),
            Open = FurtherGeometry.OpenOf(options),
            Preparation = preparation.ToJson(),
            Weights = weights,
        };
        return options.Graph switch
        {
            GraphKind.Classifier => ClassifierGraph.Write(NetworkShapes.Classifier(CheckLabels()), Weights([]), contract, form),
            GraphKind.Reconstruction => Reconstruction(contract, form),
            _ => EncoderGraph.Write(NetworkShapes.Encoder(Description), Weights(NetworkShapes.BesideEncoder(Description)), contract, form),
        };
    }

    /// <inheritdoc/>
    public void Dispose() => _file.Dispose();

    private NetworkWeights Weights(IReadOnlyList<string> dropped) => new(_file, dropped);

    private OnnxDocument Reconstruction(ModelContract contract, GraphOptions form)
    {
        Require(ModelKind.Autoencoder, contract.Graph, "that was pre-trained");
        (AutoencoderShape shape, IReadOnlyList<string> dropped) = NetworkShapes.Autoencoder(_folder, Description);
        return ReconstructionGraph.Write(shape, Weights(dropped), contract, form);
    }

    private ModelDescription CheckLabels()
    {
        Require(ModelKind.Classifier, GraphKind.Classifier, "that was fine-tuned");
        if (_file.Tensors.TryGetValue("head.weight", out TensorEntry? head) && head.Shape[0] != Description.Labels.Count)
            throw new ModelException($"'{_folder}': {ModelDescription.FileName} has {Description.Labels.Count} labels, the head in {WeightsFile} ('head.weight' [{string.Join(", ", head.Shape)}]) has {head.Shape[0]} classes.");
        return Description;
    }

    private void Require(ModelKind kind, GraphKind graph, string how)
    {
        if (Description.Kind != kind)
            throw new ModelException($"'{_folder}' holds {Article(Description.Kind)}; the graph '{graph.ToString().ToLowerInvariant()}' needs {Article(kind)} {how}.");

        static string Article(ModelKind kind) => kind == ModelKind.Classifier ? "a classifier" : "an autoencoder";
    }

    private int? KeysLayer(ExportOptions options)
    {
        int depth = Description.Shape.Depth;
        if (options.Graph != GraphKind.Keys)
            return options.KeysLayer is null ? null : throw new UsageException($"keys_layer is {options.KeysLayer}, but the graph is {options.Graph.ToString().ToLowerInvariant()}: only the graph keys gives keys.");

        int layer = options.KeysLayer ?? -1;
        return layer >= -depth && layer < depth
            ? (layer + depth) % depth
            : throw new UsageException($"keys_layer must be from {-depth} to {depth - 1} for a network of {depth} blocks, found {layer}.");
    }

    private static GraphOptions Form(ExportOptions options) =>
        options.Graph == GraphKind.Reconstruction && (options.DynamicFrames || options.DynamicSize)
            ? throw new UsageException("dynamic_frames and dynamic_size are not for the graph reconstruction: an autoencoder draws clips of the size that it was trained on.")
            : new GraphOptions { Style = ExportStyle.Of(options), DynamicFrames = options.DynamicFrames, DynamicSize = options.DynamicSize };
}
