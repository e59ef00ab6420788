using Unreel.Video;

namespace Unreel.Modeling;

/// <summary>Draws from the symmetric beta distribution, as a share of two gamma variates (Marsaglia and Tsang, 2000).</summary>
internal static class BetaDistribution
{
    /// <summary>A number from 0 to 1; <paramref name="shape"/>, above 0, is both parameters.</summary>
    public static double Draw(double shape, ref RandomStream random)
    {
        double one = Gamma(shape, ref random), other = Gamma(shape, ref random);

        // Shapes near 0 give gamma variates that underflow; what is left then is one of the ends.
        return one + other > 0 ? one / (one + other) : random.NextDouble() < 0.5 ? 0 : 1;
    }

    private static double Gamma(double shape, ref RandomStream random)
    {
        if (shape < 1)
        {
            double above = Gamma(shape + 1, ref random);
            return above * Math.Pow(1 - random.NextDouble(), 1 / shape);
        }

        double d = shape - (1.0 / 3);
        double c = 1 / Math.Sqrt(9 * d);
        while (true)
        {
            double normal = random.NextNormal();
            double root = 1 + (c * normal);
            double cube = root * root * root;
            double uniform = 1 - random.NextDouble();
            if (root > 0 && Math.Log(uniform) < (0.5 * normal * normal) + (d * (1 - cube + Math.Log(cube))))
                return d * cube;
        }
    }
}
