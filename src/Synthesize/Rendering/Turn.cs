namespace Unreel.Synthesize.Rendering;

/// <summary>
/// Sine and cosine of angles in turns, in plain additions and multiplications: the platform's own may differ in the last
/// bit between machines, and then a pixel on an edge would too.
/// </summary>
internal static class Turn
{
    private const double Tau = 6.283185307179586;

    /// <summary>Cosine and sine of <paramref name="turns"/> full turns; off by less than 1e-15.</summary>
    public static (double Cos, double Sin) CosSin(double turns)
    {
        double fraction = turns - Math.Floor(turns + 0.5);
        double quadrant = Math.Floor((4 * fraction) + 0.5);
        double x = (fraction - (quadrant * 0.25)) * Tau;
        double square = x * x;
        double sin = x * (1 + (square * Tail(square, 1.0 / 6, 1.0 / 20, 1.0 / 42, 1.0 / 72, 1.0 / 110, 1.0 / 156, 1.0 / 210, 1.0 / 272)));
        double cos = 1 + (square * Tail(square, 1.0 / 2, 1.0 / 12, 1.0 / 30, 1.0 / 56, 1.0 / 90, 1.0 / 132, 1.0 / 182, 1.0 / 240));
        return quadrant switch
        {
            0 => (cos, sin),
            1 => (-sin, cos),
            -1 => (sin, -cos),
            _ => (-cos, -sin),
        };
    }

    // The Taylor series behind its first term, nested: each factor is the ratio of neighbouring coefficients.
    private static double Tail(double square, double a, double b, double c, double d, double e, double f, double g, double h) =>
        -a * (1 - (square * b * (1 - (square * c * (1 - (square * d * (1 - (square * e * (1 - (square * f * (1 - (square * g * (1 - (square * h))))))))))))));
}
