using System.Runtime.CompilerServices;
using Unreel.Video;

namespace Unreel.Synthesize.Textures.Statistical;

/// <summary>
/// The power law that spectra of natural pictures follow: amplitude 1 / (|fx|^(s+d) + |fy|^(s-d)) over frequencies in
/// cycles a pixel, with s uniform over .5..3.5 and d normal with deviation .05, drawn for each texture.
/// </summary>
internal sealed class SpectrumModel(int side)
{
    private readonly float[] _amplitude = new float[side * side];
    private readonly double[] _across = new double[side];
    private readonly double[] _down = new double[side];
    private double _perDeviation;

    /// <summary>Draws the two exponents.</summary>
    public void Draw(ref RandomStream random)
    {
        double slope = random.NextDouble(0.5, 3.5);
        double tilt = Normals.Next(ref random) * 0.05;
        Set(slope, tilt);
    }

    /// <summary>Works out the amplitudes for exponents <paramref name="slope"/> + and - <paramref name="tilt"/>.</summary>
    public void Set(double slope, double tilt)
    {
        for (int k = 0; k < side; k++)
        {
            double frequency = (double)Math.Min(k, side - k) / side;
            _across[k] = PortableMath.Pow(frequency, slope + tilt);
            _down[k] = PortableMath.Pow(frequency, slope - tilt);
        }

        for (int i = 1; i < _amplitude.Length; i++)
            _amplitude[i] = (float)(1 / (_across[i % side] + _down[i / side]));
        _perDeviation = (double)side * side / Math.Sqrt(PlaneMath.Product(_amplitude, _amplitude));
    }

    /// <summary>
    /// Gives two pictures the amplitudes of the model. Their phases and means stay, and their deviations are those given.
    /// </summary>
    /// <param name="re">Real part of the spectrum of first + i second.</param>
    /// <param name="im">Imaginary part.</param>
    /// <param name="first">The first picture's deviation.</param>
    /// <param name="second">The second picture's deviation; null if there is none, and the imaginary part of the picture is then 0.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Impose(Span<float> re, Span<float> im, double first, double? second)
    {
        (float gain, float otherGain) = ((float)(first * _perDeviation), (float)((second ?? 0) * _perDeviation));
        for (int row = 0; row <= side / 2; row++)
        {
            int opposite = (side - row) % side * side;
            bool both = opposite == row * side;
            for (int column = 0; column <= (both ? side / 2 : side - 1); column++)
            {
                int here = (row * side) + column, there = opposite + ((side - column) % side);

                // A picture's own spectrum at k is half of the sum, or of the difference, of the two at k and -k.
                float ar = (re[here] + re[there]) / 2, ai = (im[here] - im[there]) / 2;
                float br = (im[here] + im[there]) / 2, bi = (re[there] - re[here]) / 2;
                float scale = Ratio(gain * _amplitude[here], ar, ai);
                float other = second is null ? 0 : Ratio(otherGain * _amplitude[here], br, bi);
                (ar, ai, br, bi) = (ar * scale, ai * scale, br * other, bi * other);
                if (here == 0)
                    continue;
                (re[here], im[here], re[there], im[there]) = (ar - bi, ai + br, ar + bi, br - ai);
            }
        }
    }

    // A phase that is not there cannot be kept: nothing comes of nothing.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static float Ratio(float wanted, float re, float im)
    {
        float size = MathF.Sqrt((re * re) + (im * im));
        return size > 0 ? wanted / size : 0;
    }
}
