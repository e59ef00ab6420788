using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using Unreel.Video;

namespace Unreel.Synthesize.Textures.Stylegan;

/// <summary>What <see cref="Images"/> textures in a row have in common: the constant and the matrices from style inputs to styles.</summary>
/// <remarks>18 MB, drawn in a tenth of a second and kept until a texture of another network is asked for.</remarks>
internal sealed class StyleganNetwork
{
    /// <summary>Textures drawn from one network.</summary>
    public const int Images = 400;

    private readonly float[][] _layerMatrices = [.. StyleganShape.Layers.Select(layer => new float[layer.Inputs * StyleganShape.Latent])];
    private readonly float[][] _colourMatrices = [.. Enumerable.Range(0, StyleganShape.Blocks).Select(block => new float[StyleganShape.Channels[block] * StyleganShape.Latent])];
    private (ulong Seed, int Number)? _drawn;

    /// <summary>The input of the first layer, [channel, row, column].</summary>
    public float[] Constant { get; } = new float[StyleganShape.Channels[0] * StyleganShape.FirstSide * StyleganShape.FirstSide];

    /// <summary>Makes this the network that texture <paramref name="index"/> comes from; says whether it is another one than before.</summary>
    public bool Load(ulong seed, string family, int index)
    {
        int number = index / Images;
        if (_drawn == (seed, number))
            return false;

        Fill(seed, family, number, 0, Constant);
        for (int layer = 0; layer < _layerMatrices.Length; layer++)
            Fill(seed, family, number, 1 + layer, _layerMatrices[layer]);
        for (int block = 0; block < _colourMatrices.Length; block++)
            Fill(seed, family, number, 1 + _layerMatrices.Length + block, _colourMatrices[block]);
        _drawn = (seed, number);
        return true;
    }

    /// <summary>The styles of a layer's input channels, given all style inputs.</summary>
    public void LayerStyles(int layer, ReadOnlySpan<float> inputs, Span<float> styles) =>
        Styles(_layerMatrices[layer], inputs.Slice(layer * StyleganShape.Latent, StyleganShape.Latent), styles);

    /// <summary>The styles of the channels that a block's colours are taken from, divided by the root of their number.</summary>
    public void ColourStyles(int block, ReadOnlySpan<float> inputs, Span<float> styles)
    {
        Styles(_colourMatrices[block], inputs.Slice(((2 * block) + 1) * StyleganShape.Latent, StyleganShape.Latent), styles);
        float scale = (float)(1 / Math.Sqrt(styles.Length));
        foreach (ref float style in styles)
            style *= scale;
    }

    /// <summary>Fills one tensor of a network with standard normal numbers, from a stream of its own.</summary>
    public static void Fill(ulong seed, string family, int number, int tensor, Span<float> values)
    {
        var random = new RandomStream(seed, $"{family} network", ((ulong)number << 8) | (uint)tensor);
        QuickNormals.Fill(ref random, values);
    }

    private static void Styles(float[] matrix, ReadOnlySpan<float> input, Span<float> styles)
    {
        float scale = (float)(1 / Math.Sqrt(StyleganShape.Latent));
        ReadOnlySpan<Vector256<float>> right = MemoryMarshal.Cast<float, Vector256<float>>(input);
        for (int row = 0; row < styles.Length; row++)
        {
            ReadOnlySpan<Vector256<float>> left = MemoryMarshal.Cast<float, Vector256<float>>(matrix.AsSpan(row * StyleganShape.Latent, StyleganShape.Latent));
            styles[row] = 1 + (scale * Dot(left, right));
        }
    }

    // The order of the additions is part of the texture: 32 sums, whatever the machine's width, then pairs of halves.
    private static float Dot(ReadOnlySpan<Vector256<float>> left, ReadOnlySpan<Vector256<float>> right)
    {
        Vector256<float> a = default, b = default, c = default, d = default;
        for (int i = 0; i < left.Length; i += 4)
        {
            a += left[i] * right[i];
            b += left[i + 1] * right[i + 1];
            c += left[i + 2] * right[i + 2];
            d += left[i + 3] * right[i + 3];
        }

        Vector256<float> eight = (a + b) + (c + d);
        Vector128<float> four = eight.GetLower() + eight.GetUpper();
        return (four[0] + four[2]) + (four[1] + four[3]);
    }
}
