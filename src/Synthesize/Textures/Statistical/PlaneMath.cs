using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Unreel.Synthesize.Textures.Statistical;

/// <summary>Arithmetic over planes of floats. Sums run in eight lanes of their own whatever the machine's vectors are.</summary>
internal static class PlaneMath
{
    private const int Lanes = 8;
    private const MethodImplOptions Hot = MethodImplOptions.AggressiveOptimization;

    /// <summary>Mean and standard deviation; the number of values is a multiple of eight, as everywhere here.</summary>
    [MethodImpl(Hot)]
    public static (double Mean, double Deviation) Moments(ReadOnlySpan<float> values)
    {
        ref float first = ref MemoryMarshal.GetReference(values);
        Vector256<double> sumLow = default, sumHigh = default, squareLow = default, squareHigh = default;
        for (nuint i = 0; i < (nuint)values.Length; i += Lanes)
        {
            (Vector256<double> low, Vector256<double> high) = Vector256.Widen(Vector256.LoadUnsafe(ref first, i));
            (sumLow, sumHigh) = (sumLow + low, sumHigh + high);
            (squareLow, squareHigh) = (squareLow + (low * low), squareHigh + (high * high));
        }

        double mean = Sum(sumLow + sumHigh) / values.Length;
        double variance = (Sum(squareLow + squareHigh) / values.Length) - (mean * mean);
        return (mean, Math.Sqrt(Math.Max(variance, 0)));
    }

    /// <summary>The sum of the products of two planes.</summary>
    [MethodImpl(Hot)]
    public static double Product(ReadOnlySpan<float> left, ReadOnlySpan<float> right)
    {
        ref float first = ref MemoryMarshal.GetReference(left), second = ref MemoryMarshal.GetReference(right);
        Vector256<double> sumLow = default, sumHigh = default;
        for (nuint i = 0; i < (nuint)left.Length; i += Lanes)
        {
            (Vector256<double> a, Vector256<double> b) = Vector256.Widen(Vector256.LoadUnsafe(ref first, i));
            (Vector256<double> c, Vector256<double> d) = Vector256.Widen(Vector256.LoadUnsafe(ref second, i));
            (sumLow, sumHigh) = (sumLow + (a * c), sumHigh + (b * d));
        }

        return Sum(sumLow + sumHigh);
    }

    /// <summary>The smallest and the largest value.</summary>
    [MethodImpl(Hot)]
    public static (float Low, float High) Range(ReadOnlySpan<float> values)
    {
        ref float first = ref MemoryMarshal.GetReference(values);
        Vector256<float> low = Vector256.LoadUnsafe(ref first), high = low;
        for (nuint i = Lanes; i < (nuint)values.Length; i += Lanes)
        {
            Vector256<float> next = Vector256.LoadUnsafe(ref first, i);
            (low, high) = (Vector256.MinNative(low, next), Vector256.MaxNative(high, next));
        }

        (float least, float most) = (low[0], high[0]);
        for (int lane = 1; lane < Lanes; lane++)
            (least, most) = (MathF.Min(least, low[lane]), MathF.Max(most, high[lane]));
        return (least, most);
    }

    /// <summary>The smallest and the largest value of several planes.</summary>
    public static (float Low, float High) Range(ReadOnlySpan<float[]> planes)
    {
        (float low, float high) = Range(planes[0]);
        foreach (float[] plane in planes[1..])
        {
            (float least, float most) = Range(plane);
            (low, high) = (MathF.Min(low, least), MathF.Max(high, most));
        }

        return (low, high);
    }

    /// <summary>Multiplies every value by <paramref name="factor"/> and adds <paramref name="shift"/>.</summary>
    [MethodImpl(Hot)]
    public static void Scale(Span<float> values, float factor, float shift = 0)
    {
        ref float first = ref MemoryMarshal.GetReference(values);
        Vector256<float> times = Vector256.Create(factor), plus = Vector256.Create(shift);
        for (nuint i = 0; i < (nuint)values.Length; i += Lanes)
            ((Vector256.LoadUnsafe(ref first, i) * times) + plus).StoreUnsafe(ref first, i);
    }

    /// <summary>Replaces each pixel of three planes by a matrix times itself.</summary>
    /// <param name="planes">The planes; what is behind the first three stays.</param>
    /// <param name="rows">The matrix, row by row.</param>
    [MethodImpl(Hot)]
    public static void Mix(float[][] planes, ReadOnlySpan<double> rows)
    {
        ref float x = ref planes[0][0], y = ref planes[1][0], z = ref planes[2][0];
        for (nuint i = 0; i < (nuint)planes[0].Length; i += Lanes)
        {
            Vector256<float> a = Vector256.LoadUnsafe(ref x, i), b = Vector256.LoadUnsafe(ref y, i), c = Vector256.LoadUnsafe(ref z, i);
            ((a * (float)rows[0]) + (b * (float)rows[1]) + (c * (float)rows[2])).StoreUnsafe(ref x, i);
            ((a * (float)rows[3]) + (b * (float)rows[4]) + (c * (float)rows[5])).StoreUnsafe(ref y, i);
            ((a * (float)rows[6]) + (b * (float)rows[7]) + (c * (float)rows[8])).StoreUnsafe(ref z, i);
        }
    }

    private static double Sum(Vector256<double> lanes) => (lanes[0] + lanes[1]) + (lanes[2] + lanes[3]);
}
