using Unreel.Synthesize.Rendering;
using Unreel.Video;

namespace Unreel.Synthesize.Textures.Stylegan;

/// <summary>A smooth random surface: 4x4 Laplace numbers, resized with a Lanczos filter of radius 3.</summary>
internal sealed class LaplaceEnvelope
{
    private const int Coarse = 4;
    private const int Radius = 3;

    private readonly Dictionary<int, float[]> _weights = [];
    private readonly float[] _values = new float[Coarse * Coarse];

    /// <summary>Draws a surface and multiplies a picture of side <paramref name="side"/> by it.</summary>
    public void Multiply(ref RandomStream random, int side, Span<float> picture)
    {
        foreach (ref float value in _values.AsSpan())
            value = (float)Laplace(ref random);
        if (!_weights.TryGetValue(side, out float[]? weights))
            _weights.Add(side, weights = Weights(side));

        Span<float> across = stackalloc float[Coarse];
        for (int row = 0; row < side; row++)
        {
            ReadOnlySpan<float> down = weights.AsSpan(row * Coarse, Coarse);
            for (int column = 0; column < Coarse; column++)
                across[column] = Four(down, _values[column], _values[Coarse + column], _values[(2 * Coarse) + column], _values[(3 * Coarse) + column]);
            Span<float> pixels = picture.Slice(row * side, side);
            for (int x = 0; x < side; x++)
                pixels[x] *= Four(weights.AsSpan(x * Coarse, Coarse), across[0], across[1], across[2], across[3]);
        }
    }

    private static float Four(ReadOnlySpan<float> weights, float a, float b, float c, float d) =>
        ((weights[0] * a) + (weights[1] * b)) + ((weights[2] * c) + (weights[3] * d));

    // Zero mean and scale 1: a sign and an exponential.
    private static double Laplace(ref RandomStream random)
    {
        double size = -PortableMath.Log(1 - random.NextDouble());
        return random.NextInt(2) == 0 ? -size : size;
    }

    // What each of the four values counts at each fine pixel; values beyond the edge count nothing, and the others more.
    private static float[] Weights(int side)
    {
        float[] weights = new float[side * Coarse];
        for (int x = 0; x < side; x++)
        {
            double[] raw = [.. Enumerable.Range(0, Coarse).Select(i => Lanczos(i + .5 - ((x + .5) * Coarse / side)))];
            double sum = raw.Sum();
            for (int i = 0; i < Coarse; i++)
                weights[(x * Coarse) + i] = (float)(raw[i] / sum);
        }

        return weights;
    }

    private static double Lanczos(double x) => Math.Abs(x) < Radius ? Sinc(x) * Sinc(x / Radius) : 0;

    private static double Sinc(double x) => x == 0 ? 1 : Turn.CosSin(x / 2).Sin / (Math.PI * x);
}
