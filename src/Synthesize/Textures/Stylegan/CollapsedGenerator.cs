using System.Runtime.Intrinsics;

namespace Unreel.Synthesize.Textures.Stylegan;

/// <summary>Runs the network of a wavelet texture, by the shortcut of <see cref="CollapsedLayer"/>.</summary>
internal sealed class CollapsedGenerator
{
    private const double Gain = 1.4142135623730951;
    private const double Tiny = 1e-8;

    private readonly CollapsedLayer _layer = new();
    private readonly PlainSink _plain = new();
    private readonly UpsamplingSink _upsampling = new();
    private readonly SkipImage _image = new();
    private readonly float[] _field = new float[TexturePainter.Side * TexturePainter.Side];
    private readonly float[] _styles = new float[StyleganShape.MostChannels];
    private readonly float[] _weights = new float[StyleganShape.MostChannels * ActivationTable.Columns];

    /// <summary>The image of a network, a draw and style inputs; valid until the next.</summary>
    public ReadOnlySpan<Vector128<float>> Run(StyleganNetwork network, StyleganDraw draw, ReadOnlySpan<float> inputs)
    {
        FirstLayer(network, draw, inputs);
        _image.Start(StyleganShape.FirstSide);
        foreach (StyleganLayer layer in StyleganShape.Layers)
        {
            bool last = layer.Index == StyleganShape.Layers.Count - 1;
            Span<float> weights = _weights.AsSpan(0, layer.Outputs * ActivationTable.Columns);
            weights.Clear();
            if (!last)
                AddConvolution(network, draw, StyleganShape.Layers[layer.Index + 1], inputs, Gain);
            if (layer.EndsBlock)
                AddColours(network, draw, layer.Block, inputs);
            _layer.Prepare(draw.Biases[layer.Index], draw.Signs[layer.Index], weights);
            Apply(draw, layer, last);
        }

        return _image.Pixels;
    }

    private void Apply(StyleganDraw draw, StyleganLayer layer, bool last)
    {
        if (layer.EndsBlock && layer.Index > 0)
            _image.Double();
        Span<Vector128<float>> image = layer.EndsBlock ? _image.Pixels : default;
        ReadOnlySpan<float> field = _field.AsSpan(0, layer.Side * layer.Side);
        if (last)
        {
            _layer.Colour(field, draw.Noise[layer.Index], image);
            return;
        }

        ITapSink sink = StyleganShape.Layers[layer.Index + 1].Upsamples ? _upsampling : _plain;
        sink.Start(layer.Side);
        _layer.Convolve(field, draw.Noise[layer.Index], layer.Side, sink, image);
        sink.Finish(_field);
    }

    // The constant has full rank: its sixteen pixels are convolved the long way.
    private void FirstLayer(StyleganNetwork network, StyleganDraw draw, ReadOnlySpan<float> inputs)
    {
        StyleganLayer layer = StyleganShape.Layers[0];
        const int Pixels = StyleganShape.FirstSide * StyleganShape.FirstSide;
        _weights.AsSpan().Clear();
        AddConvolution(network, draw, layer, inputs, 1);
        Span<Vector128<float>> groups = stackalloc Vector128<float>[4 * StyleganShape.FirstSide];
        _plain.Start(layer.Side);
        for (int row = 0; row < layer.Side; row++)
        {
            groups.Clear();
            for (int channel = 0; channel < layer.Inputs; channel++)
            {
                ReadOnlySpan<float> weights = _weights.AsSpan(channel * ActivationTable.Columns, ActivationTable.Columns);
                for (int x = 0; x < layer.Side; x++)
                {
                    float value = network.Constant[(channel * Pixels) + (row * layer.Side) + x];
                    for (int group = 0; group < 3; group++)
                        groups[(4 * x) + group] += Vector128.Create(weights.Slice(4 * group, 4)) * value;
                }
            }

            _plain.Add(row, groups);
        }

        _plain.Finish(_field);
    }

    // What a layer takes from each of its input channels: style times kernel, divided by the norm that demodulation gives an output channel.
    private void AddConvolution(StyleganNetwork network, StyleganDraw draw, StyleganLayer layer, ReadOnlySpan<float> inputs, double gain)
    {
        Span<float> styles = _styles.AsSpan(0, layer.Inputs);
        network.LayerStyles(layer.Index, inputs, styles);
        int[] kernels = draw.Kernels[layer.Index];
        double squares = Tiny;
        for (int channel = 0; channel < layer.Inputs; channel++)
            squares += (double)styles[channel] * styles[channel] * Squares(draw.Kernel(kernels[channel]));

        float scale = (float)(gain / Math.Sqrt(squares));
        for (int channel = 0; channel < layer.Inputs; channel++)
        {
            ReadOnlySpan<float> kernel = draw.Kernel(kernels[channel]);
            for (int tap = 0; tap < StyleganShape.Taps; tap++)
            {
                // An output pixel left of an input pixel sees it under the kernel's right column, unless zeros have been put between.
                int lane = layer.Upsamples ? tap % 3 : 2 - (tap % 3);
                _weights[(channel * ActivationTable.Columns) + (4 * (tap / 3)) + lane] = styles[channel] * kernel[tap] * scale;
            }
        }
    }

    private void AddColours(StyleganNetwork network, StyleganDraw draw, int block, ReadOnlySpan<float> inputs)
    {
        int channels = StyleganShape.Channels[block];
        Span<float> styles = _styles.AsSpan(0, channels);
        network.ColourStyles(block, inputs, styles);
        for (int channel = 0; channel < channels; channel++)
        {
            for (int colour = 0; colour < 3; colour++)
                _weights[(channel * ActivationTable.Columns) + 12 + colour] = styles[channel] * draw.Colours[block][(colour * channels) + channel] * (float)Gain;
        }
    }

    private static double Squares(ReadOnlySpan<float> kernel)
    {
        double sum = 0;
        foreach (float value in kernel)
            sum += (double)value * value;
        return sum;
    }
}
