using static TorchSharp.torch;

namespace Unreel.Modeling;

/// <summary>Writes and reads folders of weights: <c>model.safetensors</c> and <c>model.json</c>.</summary>
internal static class WeightsFolder
{
    /// <summary>The name of the file of weights.</summary>
    public const string WeightsName = "model.safetensors";

    private const string EncoderPrefix = "encoder.";
    private static readonly string[] Dropped = ["decoder.", PretrainingModel.DecoderName(string.Empty), "regressor.", "sampler.", "encoder.norm."];

    /// <summary>Writes both files.</summary>
    public static void Write(string folder, ModelDescription description, nn.Module model)
    {
        List<TensorToWrite> tensors = [.. Parameters.Of(model).Select(entry => TensorToWrite.F32(entry.Name, entry.Parameter.shape, () => Parameters.Get(entry.Parameter)))];
        if (model is Classifier { OwnPositions: { } positions } classifier)
            tensors.Add(TensorToWrite.F32(ParameterTable.Positions, [1, classifier.Shape.Tokens, classifier.Shape.Width], () => positions));
        SafetensorsWriter.Write(Path.Combine(folder, WeightsName), tensors);
        description.Write(folder);
    }

    /// <summary>Fills a classifier from a classifier's folder; for another grid of tokens the trained positions are interpolated.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="classifier">The network.</param>
    /// <param name="trained">The shape that the folder's description says.</param>
    /// <exception cref="ModelException">Tensors are missing, left over, or of another shape.</exception>
    public static void LoadClassifier(string folder, Classifier classifier, VideoTransformerShape trained)
    {
        using SafetensorsFile file = SafetensorsFile.Open(Path.Combine(folder, WeightsName));
        WeightLoader.Load(file, string.Empty, Parameters.Of(classifier), name => name == ParameterTable.Positions);
        if (classifier.Shape.Tokens != trained.Tokens || classifier.Shape.Slots != trained.Slots)
            classifier.SetPositions(Positions.Sinusoid(trained, classifier.Shape));
        LoadPositions(file, ParameterTable.Positions, trained, classifier);
    }

    /// <summary>
    /// Fills a classifier's blocks from pre-trained or fine-tuned weights. Decoders, a regressor, a sampler, the encoder's own
    /// norm and the old head are left where they are; norm and head of the classifier stay as they were initialised.
    /// </summary>
    /// <exception cref="ModelException">Tensors are missing, left over, or of another shape.</exception>
    public static void LoadEncoder(string folder, Classifier classifier)
    {
        ModelDescription description = ModelDescription.Read(folder);
        bool isAutoencoder = description.Kind == ModelKind.Autoencoder;
        using SafetensorsFile file = SafetensorsFile.Open(Path.Combine(folder, WeightsName));
        WeightLoader.Load(
            file,
            isAutoencoder ? EncoderPrefix : string.Empty,
            [.. Parameters.Of(classifier).Where(entry => !IsHead(entry.Name))],
            isAutoencoder ? IsDecoder : name => IsHead(name) || name == ParameterTable.Positions);
        LoadPositions(file, ImportPositions.NameIn(description.Kind), description.Shape, classifier);
    }

    // Weights that were imported may bring positions of their own; for another grid of tokens they are interpolated.
    private static void LoadPositions(SafetensorsFile file, string name, VideoTransformerShape shape, Classifier classifier)
    {
        if (!file.Tensors.TryGetValue(name, out TensorEntry? entry))
            return;
        if (!entry.Shape.SequenceEqual([1, shape.Tokens, shape.Width]))
            throw new ModelException($"{file.Path}: tensor '{name}' is [{string.Join(", ", entry.Shape)}], expected [1, {shape.Tokens}, {shape.Width}].");

        VideoTransformerShape target = classifier.Shape;
        classifier.SetPositions(Positions.Interpolated(file.ReadFloats(name), shape.Slots, shape.GridSide, shape.Width, target.Slots, target.GridSide));
    }

    private static bool IsHead(string name) =>
        name.StartsWith("head.", StringComparison.Ordinal) || name.StartsWith("fc_norm.", StringComparison.Ordinal) || name.StartsWith("pool.", StringComparison.Ordinal);

    private static bool IsDecoder(string name) =>
        name == "mask_token" || name == "encoder_to_decoder.weight"
        || name == ImportPositions.NameIn(ModelKind.Autoencoder)
        || Array.Exists(Dropped, prefix => name.StartsWith(prefix, StringComparison.Ordinal));
}
