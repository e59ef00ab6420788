using System.Runtime.InteropServices;
using TorchSharp;
using static TorchSharp.torch;

namespace Unreel.Modeling;

/// <summary>
/// The synthesis network of StyleGAN2-ADA (Karras et al. 2020) with skip connections, run with weights that it is given: nothing is
/// trained and nothing drawn here. Blocks of side 4, 8, 16, ... have two 3x3 convolutions, the first of which doubles the side; the first
/// block has one. Each convolution is modulated, demodulated, given noise and bias, and rectified times the root of two. The image
/// takes colours from every block and is doubled in between.
/// </summary>
/// <remarks>
/// Layer l belongs to block (l + 1) / 2; layers 1, 3, 5, ... double the side. It computes on the processor, and sets torch to one thread
/// where it is called. Sums are torch's: their last bits repeat on one machine, and may differ between machines. Not for several threads
/// at a time.
/// </remarks>
public sealed class UntrainedStylegan : IDisposable
{
    private const int FirstSide = 4;

    private readonly int[] _channels;
    private readonly ModulatedConvolution[] _layers;
    private readonly Tensor?[] _colours;
    private readonly Tensor _filter = ModulatedConvolution.Filter(3);
    private Tensor? _constant;

    /// <summary>Makes a network that has no weights yet.</summary>
    /// <param name="channels">The channels of each block's output, from side 4 on; their number decides the image's side.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no block.</exception>
    public UntrainedStylegan(IReadOnlyList<int> channels)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(channels.Count, 1, nameof(channels));
        _channels = [.. channels];
        _layers = [.. Enumerable.Range(0, (2 * _channels.Length) - 1).Select(layer =>
            new ModulatedConvolution(_channels[layer / 2], _channels[(layer + 1) / 2], FirstSide << ((layer + 1) / 2), doubles: layer % 2 == 1))];
        _colours = new Tensor?[_channels.Length];
    }

    /// <summary>The side of the image.</summary>
    public int Side => FirstSide << (_channels.Length - 1);

    /// <summary>Sets what the first layer is given.</summary>
    /// <param name="constant">[channel, 4, 4].</param>
    public void SetConstant(float[] constant) =>
        Replace(ref _constant, tensor(constant, [1, _channels[0], FirstSide, FirstSide]));

    /// <summary>Sets a layer's weights.</summary>
    /// <param name="layer">Which layer, from 0.</param>
    /// <param name="weights">[output, input, 3, 3]. A layer that doubles the side spreads each pixel by the kernel over a grid of twice the side, and blurs.</param>
    /// <param name="biases">One an output channel; null for none.</param>
    /// <param name="noise">Added to all output channels, [row, column]; null for none.</param>
    public void SetLayer(int layer, float[] weights, float[]? biases = null, float[]? noise = null) =>
        _layers[layer].Set(weights, biases, noise);

    /// <summary>Sets the weights of a block's colours.</summary>
    /// <param name="block">Which block, from 0.</param>
    /// <param name="weights">[colour, channel].</param>
    public void SetColours(int block, float[] weights) =>
        Replace(ref _colours[block], tensor(weights, [3, _channels[block], 1, 1]));

    /// <summary>Computes an image.</summary>
    /// <param name="layerStyles">For each layer what its input channels are multiplied by.</param>
    /// <param name="colourStyles">For each block what its channels are multiplied by before the colours are taken, any gain included.</param>
    /// <param name="image">Receives [colour, row, column] of <see cref="Side"/>.</param>
    /// <exception cref="InvalidOperationException">Some weights are not set.</exception>
    public void Run(IReadOnlyList<float[]> layerStyles, IReadOnlyList<float[]> colourStyles, Span<float> image)
    {
        int threads = get_num_threads();
        if (threads != 1)
            set_num_threads(1);
        try
        {
            RunAlone(layerStyles, colourStyles, image);
        }
        finally
        {
            if (threads != 1)
                set_num_threads(threads);
        }
    }

    private void RunAlone(IReadOnlyList<float[]> layerStyles, IReadOnlyList<float[]> colourStyles, Span<float> image)
    {
        using IDisposable frozen = inference_mode();
        using DisposeScope scope = NewDisposeScope();
        Tensor features = Given(_constant);
        Tensor? sum = null;
        for (int layer = 0; layer < _layers.Length; layer++)
        {
            using DisposeScope inner = NewDisposeScope();
            Tensor before = features;
            features = _layers[layer].Apply(before, layerStyles[layer]).MoveToOuterDisposeScope();
            if (layer > 0)
                before.Dispose();
            if (layer % 2 == 0)
                sum = AddColours(sum, features, Given(_colours[layer / 2]), colourStyles[layer / 2]).MoveToOuterDisposeScope();
        }

        MemoryMarshal.Cast<byte, float>(sum!.contiguous().bytes).CopyTo(image);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (ModulatedConvolution layer in _layers)
            layer.Dispose();
        foreach (Tensor? colours in _colours)
            colours?.Dispose();
        _constant?.Dispose();
        _filter.Dispose();
    }

    internal static Tensor Given(Tensor? weights) =>
        weights ?? throw new InvalidOperationException("A network without weights cannot be run: set the constant, all layers and all colours first.");

    internal static void Replace(ref Tensor? old, Tensor? made)
    {
        old?.Dispose();
        old = made;
    }

    private Tensor AddColours(Tensor? sum, Tensor features, Tensor weights, float[] styles)
    {
        Tensor colours = nn.functional.conv2d(features, weights * tensor(styles, [1, styles.Length, 1, 1]));
        return sum is null ? colours : colours.add_(Double(sum));
    }

    // Zeros between the pixels and the filter, in one.
    private Tensor Double(Tensor image) => nn.functional.conv_transpose2d(image, _filter, null, [2, 2], [1, 1], [0, 0], [1, 1], 3);
}
