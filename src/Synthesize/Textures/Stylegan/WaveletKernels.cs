using Unreel.Synthesize.Rendering;

namespace Unreel.Synthesize.Textures.Stylegan;

/// <summary>The banks of forty 3x3 kernels that wavelet layers draw from; kernel 20 + k is kernel k with the other sign.</summary>
internal static class WaveletKernels
{
    /// <summary>Kernels of a bank.</summary>
    public const int Count = 40;

    private const int Edges = 8;
    private const int Lines = 8;

    private static readonly float[][] Specials =
    [
        [0, 0, 0, 0, 1, 0, 0, 0, 0],
        [-1, -1, -1, -1, 1, -1, -1, -1, -1],
        [0, 1, 0, 1, 1, 1, 0, 1, 0],
        [-1, 1, -1, 1, 1, 1, -1, 1, -1],
    ];

    /// <summary>Edges and lines of ones, [kernel, row, column].</summary>
    public static float[] Sharp { get; } = Bank(u => -Math.Sign(u), u => Math.Sign(Line(u)));

    /// <summary>Edges and lines of graded values, the lines without their mean, [kernel, row, column].</summary>
    public static float[] Graded { get; } = Bank(u => Math.Clamp(-u, -1, 1), Line, centred: true);

    private static double Line(double u) => Math.Min(1, (2 * Math.Abs(u)) - 1);

    private static float[] Bank(Func<double, double> edge, Func<double, double> line, bool centred = false)
    {
        IEnumerable<float[]> kernels = [
            .. Enumerable.Range(0, Edges).Select(k => Kernel(k, edge)),
            .. Enumerable.Range(0, Lines).Select(k => Centred(Kernel(k, line), centred)),
            .. Specials];
        float[] positive = [.. kernels.SelectMany(kernel => kernel)];
        return [.. positive, .. positive.Select(value => -value)];
    }

    private static float[] Kernel(int turn, Func<double, double> profile)
    {
        (double cos, double sin) = Turn.CosSin(turn / 16.0);
        float[] values = new float[StyleganShape.Taps];
        for (int i = 0; i < values.Length; i++)
        {
            // Rounding must not decide the sign of what is 0 by geometry.
            double u = Math.Round((((i % 3) - 1) * cos) + (((i / 3) - 1) * sin), 9);
            values[i] = (float)profile(u);
        }

        return values;
    }

    private static float[] Centred(float[] kernel, bool centred)
    {
        float mean = centred ? kernel.Sum() / kernel.Length : 0;
        return [.. kernel.Select(value => value - mean)];
    }
}
