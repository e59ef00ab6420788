using Unreel.Video;

namespace Unreel.Synthesize.Textures.Stylegan;

/// <summary>
/// Standard normal numbers by the million, whose every bit is the same on every machine: one 32-bit draw chooses one of 4096 intervals of
/// equal probability and a place in it; beyond the outermost bounds of 3.49, one draw in 2048, the tail is drawn exactly (Marsaglia 1964).
/// Within an interval numbers are uniform, which no statistic of a texture can tell from normal ones.
/// </summary>
internal static class QuickNormals
{
    private const int Intervals = 4096;
    private const int PlaceBits = 20;

    private static readonly float[] Bounds = MakeBounds();
    private static readonly float[] Steps = [.. Enumerable.Range(0, Intervals).Select(i => (Bounds[i + 1] - Bounds[i]) / (1 << PlaceBits))];

    /// <summary>Fills <paramref name="values"/>.</summary>
    public static void Fill(ref RandomStream random, Span<float> values)
    {
        float[] bounds = Bounds, steps = Steps;
        for (int i = 0; i < values.Length; i++)
        {
            uint word = random.NextUInt32();
            int interval = (int)(word >> PlaceBits);
            values[i] = interval is 0 or Intervals - 1
                ? Tail(ref random, interval == 0)
                : bounds[interval] + ((word & ((1 << PlaceBits) - 1)) * steps[interval]);
        }
    }

    private static float Tail(ref RandomStream random, bool negative)
    {
        double start = Bounds[Intervals - 1];
        while (true)
        {
            double beyond = -PortableMath.Log(1 - random.NextDouble()) / start;
            double room = -2 * PortableMath.Log(1 - random.NextDouble());
            if (room > beyond * beyond)
                return (float)(negative ? -start - beyond : start + beyond);
        }
    }

    // The quantiles of k / 4096, each by Newton's method from the one before; the outermost are not used.
    private static float[] MakeBounds()
    {
        float[] bounds = new float[Intervals + 1];
        double x = 0;
        for (int k = 1; k < Intervals / 2; k++)
        {
            double wanted = (double)k / Intervals;
            for (int step = 0; step < 8; step++)
                x += (wanted - FromMiddle(x)) / Density(x);
            bounds[(Intervals / 2) + k] = (float)x;
            bounds[(Intervals / 2) - k] = -(float)x;
        }

        return bounds;
    }

    // The probability between 0 and x: density times x + x^3 / 3 + x^5 / 15 + ...
    private static double FromMiddle(double x)
    {
        double term = x, sum = 0;
        for (int n = 3; sum + term != sum; n += 2)
        {
            sum += term;
            term *= x * x / n;
        }

        return Density(x) * sum;
    }

    private static double Density(double x) => .3989422804014327 * PortableMath.Exp(-.5 * x * x);
}
