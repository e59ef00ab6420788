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

    private ClassifierModel(ModelDescription description, Classifier network, Device device, IReadOnlyDictionary<string, SavedWeight> weights) =>
        (Description, _network, _device, Weights) = (description, network, device, weights);

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
    /// They are read from the folder when they are asked for, whether the network is still there or not.
    /// </summary>
    public IReadOnlyDictionary<string, SavedWeight> Weights { get; }

    /// <summary>Loads a folder that fine-tuning wrote.</summary>
    /// <param name="folder">Holds <c>model.safetensors</c> and <c>model.json</c>.</param>
    /// <param name="options">Where and with how many threads to compute; null for the defaults.</param>
    /// <param name="frames">Frames of a clip, a multiple of the tubelet; null for those that it was trained on.</param>
    /// <param name="size">Rows and columns of a frame, a multiple of the patch; null for those that it was trained on. Where a grid is another, trained positions are interpolated.</param>
    /// <exception cref="ModelException">The folder holds no classifier, or its weights do not fit.</exception>
    public static ClassifierModel Load(string folder, TorchOptions? options = null, int? frames = null, int? size = null)
    {
        ModelDescription description = ModelDescription.Read(folder);
        if (description.Kind != ModelKind.Classifier)
            throw new ModelException($"'{folder}' holds an autoencoder; a classifier is needed. Fine-tune it first.");

        Device device = TorchSetup.Apply(options ?? new TorchOptions());
        VideoTransformerShape shape = description.Shape with { Frames = frames ?? description.Shape.Frames, ImageSize = size ?? description.Shape.ImageSize };
        var network = new Classifier(shape, description.Labels.Count, device, description.Pooling);
        try
        {
            WeightsFolder.LoadClassifier(folder, network, description.Shape);
            network.to(device);
            network.eval();
            return new ClassifierModel(description with { Shape = shape }, network, device, SavedWeight.AllOf(Path.Combine(folder, WeightsFolder.WeightsName)));
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
        byte[] cubes = CubesOf(clips, count);
        return Quietly(cubes, count, inputBNC => Parameters.Get(_network.call(inputBNC)));
    }

    /// <summary>Computes logits and, on the way, what chosen modules give.</summary>
    /// <param name="clips">uint8 [clip, frame, row, column, channel].</param>
    /// <param name="count">The number of clips.</param>
    /// <param name="isWanted">Chooses modules by name, such as <c>blocks.3.mlp.fc1</c>; those of one input and one output are asked. <c>blocks.3.attn.keys</c> is what the block's attention has for keys, heads side by side.</param>
    /// <returns>The outputs by module's name, row-major; <c>head</c> gives the logits, <c>fc_norm</c> the features.</returns>
    /// <exception cref="ArgumentException">The bytes are not those of so many clips.</exception>
    public IReadOnlyDictionary<string, float[]> Trace(ReadOnlySpan<byte> clips, int count, Predicate<string> isWanted)
    {
        byte[] cubes = CubesOf(clips, count);
        return Quietly(cubes, count, inputBNC =>
        {
            using ModuleTrace trace = new(_network, isWanted);
            _network.call(inputBNC);
            return trace.Outputs;
        });
    }

    /// <inheritdoc/>
    public void Dispose() => _network.Dispose();

    private byte[] CubesOf(ReadOnlySpan<byte> clips, int count)
    {
        if (clips.Length != (long)count * Shape.ClipBytes)
            throw new ArgumentException($"{count} clips have {(long)count * Shape.ClipBytes} bytes, not {clips.Length}.", nameof(clips));

        byte[] cubes = new byte[clips.Length];
        for (int clip = 0; clip < count; clip++)
            Cubes.Arrange(Shape, clips.Slice(clip * Shape.ClipBytes, Shape.ClipBytes), cubes.AsSpan(clip * Shape.ClipBytes, Shape.ClipBytes));

        return cubes;
    }

    private T Quietly<T>(byte[] cubes, int count, Func<Tensor, T> compute)
    {
        lock (_turn)
        {
            using DisposeScope scope = NewDisposeScope();
            using IDisposable quiet = no_grad();
            Tensor cubesBNC = ClipTensor.Bytes(Shape, cubes, count, _device);
            return compute(ClipTensor.Input(Shape, cubesBNC, Normalisation));
        }
    }
}
