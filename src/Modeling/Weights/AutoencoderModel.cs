using TorchSharp;
using static TorchSharp.torch;

namespace Unreel.Modeling;

/// <summary>A masked autoencoder as pre-training left it, ready to be asked. Safe for many threads, which take turns.</summary>
public sealed class AutoencoderModel : IDisposable
{
    private readonly Lock _turn = new();
    private readonly PretrainingModel _network;
    private readonly Device _device;

    private AutoencoderModel(ModelDescription description, PretrainingModel network, Device device) =>
        (Description, _network, _device) = (description, network, device);

    /// <summary>The document beside the weights.</summary>
    public ModelDescription Description { get; }

    private VideoTransformerShape Shape => Description.Shape;

    /// <summary>Loads a folder that pre-training wrote.</summary>
    /// <param name="folder">Holds <c>model.safetensors</c> and <c>model.json</c>.</param>
    /// <param name="options">Where and with how many threads to compute; null for the defaults.</param>
    /// <exception cref="ModelException">The folder holds no autoencoder, or its weights do not fit.</exception>
    public static AutoencoderModel Load(string folder, TorchOptions? options = null)
    {
        ModelDescription description = ModelDescription.Read(folder);
        if (description.Kind != ModelKind.Autoencoder)
            throw new ModelException($"'{folder}' holds a classifier; an autoencoder is needed.");

        Device device = TorchSetup.Apply(options ?? new TorchOptions());
        var network = new PretrainingModel(description.Shape, ParameterTable.Decoders(description), description.RegressorDepth, description.HasSampler, device);
        try
        {
            using SafetensorsFile file = SafetensorsFile.Open(Path.Combine(folder, WeightsFolder.WeightsName));
            WeightLoader.Load(file, string.Empty, Parameters.Of(network), _ => false);
            network.to(device);
            network.eval();
            return new AutoencoderModel(description, network, device);
        }
        catch
        {
            network.Dispose();
            throw;
        }
    }

    /// <summary>Encodes all tokens.</summary>
    /// <param name="clips">uint8 [clip, frame, row, column, channel].</param>
    /// <param name="count">The number of clips.</param>
    /// <returns>[clip, token, width], after the encoder's norm.</returns>
    /// <exception cref="ArgumentException">The bytes are not those of so many clips.</exception>
    public float[] Tokens(ReadOnlySpan<byte> clips, int count) => Encode(clips, [.. Enumerable.Repeat(AllTokens(), count)], static _ => false).Tokens;

    /// <summary>Encodes tokens and, on the way, notes what chosen modules give.</summary>
    /// <param name="clips">uint8 [clip, frame, row, column, channel].</param>
    /// <param name="visible">For each clip the tokens that the encoder sees, equally many; null for all of one clip.</param>
    /// <param name="isWanted">Chooses modules by name, such as <c>encoder.blocks.3.mlp.fc1</c>; those of one input and one output are asked. <c>encoder.blocks.3.attn.keys</c> is what the block's attention has for keys, heads side by side.</param>
    /// <returns>The outputs by module's name, row-major; <c>encoder.norm</c> gives the tokens.</returns>
    /// <exception cref="ArgumentException">The bytes are not those of so many clips.</exception>
    public IReadOnlyDictionary<string, float[]> Trace(ReadOnlySpan<byte> clips, IReadOnlyList<int[]>? visible, Predicate<string> isWanted) =>
        Encode(clips, visible ?? [AllTokens()], isWanted).Modules;

    /// <summary>Predicts hidden tokens.</summary>
    /// <param name="clips">uint8 [clip, frame, row, column, channel].</param>
    /// <param name="visible">For each clip the tokens that the network sees, equally many.</param>
    /// <param name="decoder">Which decoder, from 0; its target must be one that can be drawn.</param>
    /// <returns>
    /// What the decoder gives, [clip, hidden token in ascending order, value], and the clips with hidden cubes drawn from it, with nothing of
    /// the original put back.
    /// </returns>
    /// <exception cref="ArgumentException">The bytes are not those of so many clips.</exception>
    /// <exception cref="ModelException">The decoder's target cannot be drawn.</exception>
    public (float[] Predicted, byte[] Pictures) Reconstruct(ReadOnlySpan<byte> clips, IReadOnlyList<int[]> visible, int decoder = 0)
    {
        string name = Description.Decoders.Count == 0 ? TargetNames.Default : Description.Decoders[decoder].Target;
        if (!TargetNames.CanBeDrawn(name) || TargetNames.Get(name) is not IDrawnTarget target)
            throw new ModelException($"Predictions of the target '{name}' cannot be drawn.");

        byte[] cubes = Arrange(clips, visible.Count);
        int[][] hidden = [.. visible.Select(seen => Enumerable.Range(0, Shape.Tokens).Except(seen).ToArray())];
        lock (_turn)
        {
            using DisposeScope scope = NewDisposeScope();
            using IDisposable quiet = no_grad();
            Tensor cubesBNC = ClipTensor.Bytes(Shape, cubes, visible.Count, _device), visibleBV = Numbers(visible), hiddenBM = Numbers(hidden);
            Tensor predictedBMC = _network.call(ClipTensor.Input(Shape, cubesBNC, visibleBV, Description.Normalisation), visibleBV, hiddenBM)[decoder];
            Drawing drawing = target.Draw(predictedBMC, new TargetBatch(Shape, cubesBNC, hiddenBM), visibleBV).First(drawn => drawn.PutBack is null);
            return (Parameters.Get(predictedBMC), Painted(cubes, hidden, Parameters.Get(drawing.PixelsBMC)));
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _network.Dispose();

    private int[] AllTokens() => [.. Enumerable.Range(0, Shape.Tokens)];

    private (float[] Tokens, IReadOnlyDictionary<string, float[]> Modules) Encode(ReadOnlySpan<byte> clips, IReadOnlyList<int[]> visible, Predicate<string> isWanted)
    {
        byte[] cubes = Arrange(clips, visible.Count);
        lock (_turn)
        {
            using DisposeScope scope = NewDisposeScope();
            using IDisposable quiet = no_grad();
            using ModuleTrace trace = new(_network, isWanted);
            Tensor visibleBV = Numbers(visible);
            Tensor inputBVC = ClipTensor.Input(Shape, ClipTensor.Bytes(Shape, cubes, visible.Count, _device), visibleBV, Description.Normalisation);
            return (Parameters.Get(_network.Encode(_network.Embed(inputBVC), visibleBV)), trace.Outputs);
        }
    }

    private Tensor Numbers(IReadOnlyList<int[]> rows) => ClipTensor.Numbers(rows, _device);

    private byte[] Arrange(ReadOnlySpan<byte> clips, int count)
    {
        if (clips.Length != (long)count * Shape.ClipBytes)
            throw new ArgumentException($"{count} clips have {(long)count * Shape.ClipBytes} bytes, not {clips.Length}.", nameof(clips));

        byte[] cubes = new byte[clips.Length];
        for (int clip = 0; clip < count; clip++)
            Cubes.Arrange(Shape, clips.Slice(clip * Shape.ClipBytes, Shape.ClipBytes), cubes.AsSpan(clip * Shape.ClipBytes, Shape.ClipBytes));
        return cubes;
    }

    private byte[] Painted(byte[] cubes, int[][] hidden, float[] drawn)
    {
        byte[] pixels = new byte[cubes.Length];
        int values = Shape.CubeValues, place = 0;
        for (int clip = 0; clip < hidden.Length; clip++)
        {
            Span<byte> whole = cubes.AsSpan(clip * Shape.ClipBytes, Shape.ClipBytes);
            foreach (int token in hidden[clip])
                Reconstructions.Round(drawn.AsSpan(place++ * values, values), whole.Slice(token * values, values));
            Cubes.Restore<byte>(Shape, whole, pixels.AsSpan(clip * Shape.ClipBytes, Shape.ClipBytes));
        }

        return pixels;
    }
}
