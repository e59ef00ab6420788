using System.Numerics;

namespace Unreel.Synthesize.Tests.Textures;

/// <summary>The two-dimensional Fourier transform in a form simple enough to be believed.</summary>
internal static class SlowFourier
{
    /// <summary>Transforms a square picture of [row, column] in place (forward, not scaled); the side is a power of two.</summary>
    public static void Transform(Complex[] picture, int side)
    {
        Complex[] factors = [.. Enumerable.Range(0, side).Select(k => Complex.FromPolarCoordinates(1, -2 * Math.PI * k / side))];
        var (line, work) = (new Complex[side], new Complex[side]);
        foreach ((int step, int next) in new[] { (1, side), (side, 1) })
        {
            for (int start = 0; start < side; start++)
            {
                for (int i = 0; i < side; i++)
                    line[i] = picture[(start * next) + (i * step)];
                Halves(line, work, factors, 1);
                for (int i = 0; i < side; i++)
                    picture[(start * next) + (i * step)] = line[i];
            }
        }
    }

    private static void Halves(Span<Complex> line, Span<Complex> work, Complex[] factors, int stride)
    {
        int half = line.Length / 2;
        if (half == 0)
            return;
        for (int i = 0; i < half; i++)
            (work[i], work[half + i]) = (line[2 * i], line[(2 * i) + 1]);
        Halves(work[..half], line[..half], factors, stride * 2);
        Halves(work[half..], line[half..], factors, stride * 2);
        for (int i = 0; i < half; i++)
        {
            Complex turned = work[half + i] * factors[i * stride];
            (line[i], line[half + i]) = (work[i] + turned, work[i] - turned);
        }
    }
}
