using TorchSharp;
using Unreel.Video;
using static TorchSharp.torch;

namespace Unreel.Modeling;

/// <summary>A trained classifier, ready to be asked or exported. Safe for many threads, which take turns.</summary>
public sealed class ClassifierModel : IDisposable
{
    private readonly Lock _turn = new();
    private readonly Classifier _network;
    private readonly Device _device;

    private ClassifierModel(ModelDescription description, Classifier network, Device device)
    {
        (Description, _network, _device) = (description, network, device);
        Dictionary<string, (long[] Shape, float[] Data)> weights = Parameters.Of(network).ToDictionary(
            entry => entry.Name, entry => (entry.Parameter.shape, Parameters.Get(entry.Parameter)), StringComparer.Ordinal);
        if (network.OwnPositions is { } positions)
            weights.Add(ParameterTable.Positions, ([1, description.Shape.Tokens, description.Shape.Width], positions));
        Weights = weights;
    }

    /// <summary>The document beside the weights.</summary>
    public ModelDescription Description { get; }

    /// <summary>The network's sizes.</summary>
    public VideoTransformerShape Shape => Description.Shape;

    /// <summary>The labels in the order of the logits.</summary>
    public IReadOnlyList<string> Labels => Description.Labels;

    /// <summary>How a video becomes input.</summary>
    public ClipPreparation Preparation => Description.Preparation!;

    /// <summary>How pixels are normalised before the network.</summary>
    public PixelNormalisation Normalisation => Description.Normalisation;

    /// <summary>
    /// The weights by VideoMAE's names, row-major; <c>patch_embed.proj.weight</c> is [width, 3, tubelet, patch, patch].
    /// Those of a learned pooling begin with <c>pool.</c>. <c>pos_embed</c> [1, tokens, width] is among them only where positions other than the sinusoid were imported.
    /// </summary>
    public IReadOnlyDictionary<string, (long[] Shape, float[] Data)> Weights { get; }

    /// <summary>Loads a folder that fine-tuning wrote.</summary>
    /// <param name="folder">Holds <c>model.safetensors</c> and <c>model.json</c>.</param>
    /// <param name="options">Where and with how many threads to compute; null for the defaults.</param>
    /// <exception cref="ModelException">The folder holds no classifier, or its weights do not fit.</exception>
    public static ClassifierModel Load(string folder, TorchOptions? options = null)
    {
        ModelDescription description = ModelDescription.Read(folder);
        if (description.Kind != ModelKind.Classifier)
            throw new ModelException($"'{folder}' holds an autoencoder; a classifier is needed. Fine-tune it first.");

        Device device = TorchSetup.Apply(options ?? new TorchOptions());
        var network = new Classifier(description.Shape, description.Labels.Count, device, description.Pooling);
        try
        {
            WeightsFolder.LoadClassifier(folder, network);
            network.to(device);
            network.eval();
            return new ClassifierModel(description, network, device);
        }
        catch
        {
            network.Dispose();
            throw;
        }
    }

    /// <summary>Computes logits.</summary>
    /// <param name="clips">uint8 [clip, frame, row, column, channel].</param>
    /// <param name="count">The number of clips.</param>
    /// <returns>[clip, label], row-major.</returns>
    /// <exception cref="ArgumentException">The bytes are not those of so many clips.</exception>
    public float[] Logits(ReadOnlySpan<byte> clips, int count)
    {
        if (clips.Length != (long)count * Shape.ClipBytes)
            throw new ArgumentException($"{count} clips have {(long)count * Shape.ClipBytes} bytes, not {clips.Length}.", nameof(clips));

        byte[] cubes = new byte[clips.Length];
        for (int clip = 0; clip < count; clip++)
            Cubes.Arrange(Shape, clips.Slice(clip * Shape.ClipBytes, Shape.ClipBytes), cubes.AsSpan(clip * Shape.ClipBytes, Shape.ClipBytes));

        lock (_turn)
        {
            using DisposeScope scope = NewDisposeScope();
            using IDisposable quiet = no_grad();
            Tensor cubesBNC = ClipTensor.Bytes(Shape, cubes, count, _device);
            return Parameters.Get(_network.call(ClipTensor.Input(Shape, cubesBNC, Normalisation)));
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _network.Dispose();
}
