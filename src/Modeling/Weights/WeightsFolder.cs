using static TorchSharp.torch;

namespace Unreel.Modeling;

/// <summary>Writes and reads folders of weights: <c>model.safetensors</c> and <c>model.json</c>.</summary>
internal static class WeightsFolder
{
    /// <summary>The name of the file of weights.</summary>
    public const string WeightsName = "model.safetensors";

    private const string EncoderPrefix = "encoder.";

    /// <summary>Writes both files.</summary>
    public static void Write(string folder, ModelDescription description, nn.Module model)
    {
        SafetensorsWriter.Write(
            Path.Combine(folder, WeightsName),
            [.. Parameters.Of(model).Select(entry => TensorToWrite.F32(entry.Name, entry.Parameter.shape, () => Parameters.Get(entry.Parameter)))]);
        description.Write(folder);
    }

    /// <summary>Fills a classifier from a classifier's folder.</summary>
    /// <exception cref="ModelException">Tensors are missing, left over, or of another shape.</exception>
    public static void LoadClassifier(string folder, Classifier classifier)
    {
        using SafetensorsFile file = SafetensorsFile.Open(Path.Combine(folder, WeightsName));
        WeightLoader.Load(file, string.Empty, Parameters.Of(classifier), _ => false);
    }

    /// <summary>
    /// Fills a classifier's blocks from pre-trained or fine-tuned weights. The decoder, the encoder's own norm and the old head
    /// are left where they are; norm and head of the classifier stay as they were initialised.
    /// </summary>
    /// <exception cref="ModelException">Tensors are missing, left over, or of another shape.</exception>
    public static void LoadEncoder(string folder, Classifier classifier)
    {
        bool isAutoencoder = ModelDescription.Read(folder).Kind == ModelKind.Autoencoder;
        using SafetensorsFile file = SafetensorsFile.Open(Path.Combine(folder, WeightsName));
        WeightLoader.Load(
            file,
            isAutoencoder ? EncoderPrefix : string.Empty,
            [.. Parameters.Of(classifier).Where(entry => !IsHead(entry.Name))],
            isAutoencoder ? IsDecoder : IsHead);
    }

    private static bool IsHead(string name) =>
        name.StartsWith("head.", StringComparison.Ordinal) || name.StartsWith("fc_norm.", StringComparison.Ordinal);

    private static bool IsDecoder(string name) =>
        name == "mask_token" || name == "encoder_to_decoder.weight"
        || name.StartsWith("decoder.", StringComparison.Ordinal) || name.StartsWith("encoder.norm.", StringComparison.Ordinal);
}
