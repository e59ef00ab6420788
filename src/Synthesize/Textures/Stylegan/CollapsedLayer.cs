using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Unreel.Synthesize.Textures.Stylegan;

/// <summary>
/// The exact shortcut for layers whose weight [o, i] is sign o times kernel i. Before noise and bias all output channels of such a layer
/// are +S or -S for one field S, so that what the next layer and the colours take from them are sums of max(0, S + n + b) and
/// max(0, -S + n + b) over the channels: functions of S + n and n - S, which <see cref="ActivationTable"/> keeps.
/// </summary>
internal sealed class CollapsedLayer
{
    private readonly ActivationTable _positive = new();
    private readonly ActivationTable _negative = new();
    private readonly float[] _sums = new float[StyleganShape.FirstSide * ActivationTable.Columns << (StyleganShape.Blocks - 1)];

    /// <summary>Prepares for one layer's output.</summary>
    /// <param name="biases">Its biases.</param>
    /// <param name="signs">Its channels' signs.</param>
    /// <param name="weights">What the sums take from each channel, [channel, column]: columns 4 r + 0..2 for row r of the next kernel, 12 to 14 for colours.</param>
    public void Prepare(ReadOnlySpan<float> biases, ReadOnlySpan<float> signs, ReadOnlySpan<float> weights)
    {
        _positive.Build(biases, signs, 1, weights);
        _negative.Build(biases, signs, -1, weights);
    }

    /// <summary>Takes the next layer's convolution and, where there is an image, the colours.</summary>
    /// <param name="field">S, [row, column].</param>
    /// <param name="noise">n, [row, column].</param>
    /// <param name="side">Their side.</param>
    /// <param name="next">Receives the convolution.</param>
    /// <param name="image">The colours are added to it, [row, column]; empty where none are taken.</param>
    public void Convolve(ReadOnlySpan<float> field, ReadOnlySpan<float> noise, int side, ITapSink next, Span<Vector128<float>> image)
    {
        Span<float> sums = _sums.AsSpan(0, side * ActivationTable.Columns);
        Span<Vector256<float>> halves = MemoryMarshal.Cast<float, Vector256<float>>(sums);
        ReadOnlySpan<Vector128<float>> quarters = MemoryMarshal.Cast<float, Vector128<float>>(sums);
        for (int row = 0; row < side; row++)
        {
            ReadOnlySpan<float> s = field.Slice(row * side, side), n = noise.Slice(row * side, side);
            for (int x = 0; x < side; x++)
                ActivationTable.Evaluate(_positive, n[x] + s[x], _negative, n[x] - s[x], halves.Slice(2 * x, 2));
            next.Add(row, quarters);
            for (int x = 0; x < side && !image.IsEmpty; x++)
                image[(row * side) + x] += quarters[(4 * x) + 3];
        }
    }

    /// <summary>Takes the colours alone.</summary>
    public void Colour(ReadOnlySpan<float> field, ReadOnlySpan<float> noise, Span<Vector128<float>> image)
    {
        for (int i = 0; i < image.Length; i++)
            image[i] += ActivationTable.EvaluateLast(_positive, noise[i] + field[i], _negative, noise[i] - field[i]);
    }
}
