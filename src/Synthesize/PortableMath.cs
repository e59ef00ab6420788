namespace Unreel.Synthesize;

/// <summary>
/// Logarithm, exponential and power in plain IEEE additions, multiplications and divisions of doubles: the platform's own
/// may differ in the last bit between machines, and with them the bytes of a texture.
/// </summary>
internal static class PortableMath
{
    // ln 2 in two parts: multiples of the first by an exponent of a double are exact.
    private const double Ln2High = 0.693147180369123816490;
    private const double Ln2Low = 1.90821492927058770002e-10;
    private const double Ln2 = 0.6931471805599453;
    private const double LargestExponential = 709.782712893384;
    private const double SmallestExponential = -745.2;

    /// <summary>Natural logarithm, relative error below 1e-15; -infinity of 0, NaN of negative numbers.</summary>
    public static double Log(double x)
    {
        if (!(x > 0) || double.IsPositiveInfinity(x))
            return x == 0 ? double.NegativeInfinity : x > 0 ? x : double.NaN;

        int exponent = 0;
        if (!double.IsNormal(x))
            (x, exponent) = (x * (1ul << 54), -54);
        long bits = BitConverter.DoubleToInt64Bits(x);
        exponent += (int)(bits >> 52) - 1023;
        double mantissa = BitConverter.Int64BitsToDouble((bits & 0xF_FFFF_FFFF_FFFF) | 0x3FF0_0000_0000_0000);
        if (mantissa > 1.4142135623730951)
            (mantissa, exponent) = (mantissa * 0.5, exponent + 1);

        // ln m = 2 artanh s with s = (m - 1) / (m + 1), of size at most .172: the Taylor series of artanh is quick.
        double less = mantissa - 1;
        double s = less / (mantissa + 1);
        double square = s * s;
        double tail = square * ((1.0 / 3) + (square * ((1.0 / 5) + (square * ((1.0 / 7) + (square * ((1.0 / 9) + (square * ((1.0 / 11) + (square
            * ((1.0 / 13) + (square * ((1.0 / 15) + (square * ((1.0 / 17) + (square * ((1.0 / 19) + (square * (1.0 / 21)))))))))))))))))));

        // 2 s = (m - 1) - s (m - 1), whose first term is exact.
        return (exponent * Ln2High) + (less - ((s * (less - (2 * tail))) - (exponent * Ln2Low)));
    }

    /// <summary>e to the power of <paramref name="x"/>, relative error below 1e-15 wherever the result is a normal number.</summary>
    public static double Exp(double x)
    {
        if (!(x < LargestExponential))
            return x >= LargestExponential ? double.PositiveInfinity : x;
        if (x < SmallestExponential)
            return 0;

        double power = Math.Floor((x * (1 / Ln2)) + 0.5);
        double rest = x - (power * Ln2High) - (power * Ln2Low);
        double sum = 1 + (rest * (1.0 / 13));
        for (int n = 12; n >= 1; n--)
            sum = 1 + (rest * sum * Reciprocals[n]);

        int half = (int)power / 2;
        return sum * PowerOfTwo(half) * PowerOfTwo((int)power - half);
    }

    /// <summary><paramref name="x"/> to the power of <paramref name="y"/> for x of 0 or more; the relative error is 1e-15 times the size of y ln x, at least 1e-15.</summary>
    public static double Pow(double x, double y) => y == 0 ? 1 : Exp(y * Log(x));

    private static ReadOnlySpan<double> Reciprocals =>
        [0, 1, 1.0 / 2, 1.0 / 3, 1.0 / 4, 1.0 / 5, 1.0 / 6, 1.0 / 7, 1.0 / 8, 1.0 / 9, 1.0 / 10, 1.0 / 11, 1.0 / 12];

    private static double PowerOfTwo(int exponent) => BitConverter.Int64BitsToDouble((exponent + 1023L) << 52);
}
