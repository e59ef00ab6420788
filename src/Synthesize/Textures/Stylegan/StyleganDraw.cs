using Unreel.Video;

namespace Unreel.Synthesize.Textures.Stylegan;

/// <summary>
/// What a wavelet texture draws for itself: which kernel every input channel has, the sign of every output channel, biases,
/// noise, how colours are mixed, and the colours' means and deviations. Weight [o, i] of a layer is sign o times kernel i: the size
/// of the factor of an output channel is cancelled by demodulation.
/// </summary>
internal sealed class StyleganDraw(TextureFamily family)
{
    private const double LargestStrength = .3;
    private const double LargestBias = .2;
    private const int FewestKernels = 5;
    private const int SharedSide = 512;

    private static readonly (double Mean, double Deviation)[] ColourMeans = [(.483, .145), (.455, .142), (.401, .161)];
    private static readonly (double Mean, double Deviation)[] ColourDeviations = [(.219, .063), (.213, .062), (.213, .069)];

    private readonly PinkNoise _noise = new(family == TextureFamily.StyleganOriented ? SharedSide : TexturePainter.Side);
    private readonly int[] _bank = new int[WaveletKernels.Count];

    /// <summary>The bank of kernels, [kernel, row, column].</summary>
    public float[] Bank { get; } = family == TextureFamily.StyleganOriented ? WaveletKernels.Graded : WaveletKernels.Sharp;

    /// <summary>For each layer the kernel of every input channel.</summary>
    public int[][] Kernels { get; } = [.. StyleganShape.Layers.Select(layer => new int[layer.Inputs])];

    /// <summary>For each layer 1 or -1 for every output channel.</summary>
    public float[][] Signs { get; } = [.. StyleganShape.Layers.Select(layer => new float[layer.Outputs])];

    /// <summary>For each layer the bias of every output channel.</summary>
    public float[][] Biases { get; } = [.. StyleganShape.Layers.Select(layer => new float[layer.Outputs])];

    /// <summary>For each layer the noise that is added to all its channels, [row, column].</summary>
    public float[][] Noise { get; } = [.. StyleganShape.Layers.Select(layer => new float[layer.Side * layer.Side])];

    /// <summary>For each block the weights of its colours, [colour, channel].</summary>
    public float[][] Colours { get; } = [.. Enumerable.Range(0, StyleganShape.Blocks).Select(block => new float[3 * StyleganShape.Channels[block]])];

    /// <summary>How the colours are scaled in the end.</summary>
    public ColourScale Scale { get; } = new();

    /// <summary>One kernel of the bank.</summary>
    public ReadOnlySpan<float> Kernel(int kernel) => Bank.AsSpan(kernel * StyleganShape.Taps, StyleganShape.Taps);

    /// <summary>Draws everything anew.</summary>
    public void Load(ref RandomStream random)
    {
        DrawScale(ref random, Scale);
        foreach (float[] colours in Colours)
            QuickNormals.Fill(ref random, colours);
        for (int layer = 0; layer < Kernels.Length; layer++)
        {
            DrawKernels(ref random, Kernels[layer]);
            foreach (ref float sign in Signs[layer].AsSpan())
                sign = random.NextInt(2) == 0 ? -1 : 1;
            DrawBiases(ref random, Biases[layer]);
        }

        DrawNoise(ref random);
    }

    /// <summary>Draws what the colours of a texture shall have as mean and deviation.</summary>
    public static void DrawScale(ref RandomStream random, ColourScale scale)
    {
        for (int colour = 0; colour < 3; colour++)
        {
            float mean = (float)(ColourMeans[colour].Mean + (ColourMeans[colour].Deviation * Normals.Next(ref random)));
            float deviation = (float)(ColourDeviations[colour].Mean + (ColourDeviations[colour].Deviation * Normals.Next(ref random)));
            scale.Aim(colour, mean, deviation);
        }
    }

    private void DrawKernels(ref RandomStream random, int[] kernels)
    {
        int choice = WaveletKernels.Count;
        for (int i = 0; i < _bank.Length; i++)
            _bank[i] = i;
        if (family == TextureFamily.StyleganOriented)
        {
            choice = random.NextInt(FewestKernels, WaveletKernels.Count + 1);
            random.Shuffle<int>(_bank);
        }

        foreach (ref int kernel in kernels.AsSpan())
            kernel = _bank[random.NextInt(choice)];
    }

    private void DrawBiases(ref RandomStream random, float[] biases)
    {
        if (family == TextureFamily.StyleganHighFrequency)
            return;

        double lowest = family == TextureFamily.StyleganOriented ? -LargestBias : 0;
        foreach (ref float bias in biases.AsSpan())
            bias = (float)random.NextDouble(lowest, LargestBias);
    }

    private void DrawNoise(ref RandomStream random)
    {
        if (family == TextureFamily.StyleganOriented)
        {
            DrawSharedNoise(ref random);
            return;
        }

        for (int layer = 0; layer < Noise.Length; layer += 2)
        {
            // A block's two layers; the first block has but one.
            int side = StyleganShape.Layers[layer].Side;
            _noise.Draw(ref random, side, pair: layer > 0, enveloped: family == TextureFamily.StyleganSparse);
            Weaken(ref random, _noise.First(side), Noise[layer]);
            if (layer > 0)
                Weaken(ref random, _noise.Second(side), Noise[layer - 1]);
        }
    }

    // One map for all layers, averaged over areas to the side of each.
    private void DrawSharedNoise(ref RandomStream random)
    {
        _noise.Draw(ref random, SharedSide, pair: false, enveloped: true);
        int reached = SharedSide;
        for (int layer = Noise.Length - 1; layer >= 0; layer--)
        {
            int side = StyleganShape.Layers[layer].Side;
            if (side < reached)
                _noise.Halve(reached);
            reached = side;
            Weaken(ref random, _noise.First(side), Noise[layer]);
        }
    }

    private static void Weaken(ref RandomStream random, ReadOnlySpan<float> map, Span<float> noise)
    {
        float strength = (float)random.NextDouble(0, LargestStrength);
        for (int i = 0; i < noise.Length; i++)
            noise[i] = strength * map[i];
    }
}
