using System.Numerics;
using System.Runtime.InteropServices;

namespace Unreel.Onnx;

/// <summary>Counts the numbers of a tensor in bins around zero, whose width doubles whenever a number falls outside.</summary>
internal sealed class RangeHistogram
{
    private const int HalfBins = 4096;
    private const double Share = 0.9999;

    private readonly long[] _bins = new long[2 * HalfBins];
    private double _width = 1e-6;

    /// <summary>The smallest number, and 0.</summary>
    internal float Least { get; private set; }

    /// <summary>The largest number, and 0.</summary>
    internal float Most { get; private set; }

    /// <summary>Numbers counted.</summary>
    internal long Count { get; private set; }

    /// <summary>Counts numbers.</summary>
    /// <exception cref="PrecisionException">One is not finite.</exception>
    internal void Add(string tensor, ReadOnlySpan<float> values)
    {
        (float least, float most) = Extremes(values);
        if (!float.IsFinite(most - least))
            throw new PrecisionException($"Tensor '{tensor}' is not finite on a calibration clip: the model's weights are damaged, or were trained to no end");

        (Least, Most) = (MathF.Min(Least, least), MathF.Max(Most, most));
        while (Math.Max(-Least, Most) >= _width * HalfBins)
            Widen();
        float inverse = (float)(1 / _width);
        foreach (float value in values)
            _bins[Math.Min((int)((value * inverse) + HalfBins), (2 * HalfBins) - 1)]++;
        Count += values.Length;
    }

    private static (float Least, float Most) Extremes(ReadOnlySpan<float> values)
    {
        var vectors = MemoryMarshal.Cast<float, Vector<float>>(values);
        (Vector<float> least, Vector<float> most) = (Vector<float>.Zero, Vector<float>.Zero);
        Vector<float> nothing = Vector<float>.Zero;
        foreach (Vector<float> vector in vectors)
            (least, most, nothing) = (Vector.Min(least, vector), Vector.Max(most, vector), nothing + (vector * 0));

        (float low, float high, float rest) = (0, 0, Vector.Sum(nothing));
        for (int lane = 0; lane < Vector<float>.Count; lane++)
            (low, high) = (MathF.Min(low, least[lane]), MathF.Max(high, most[lane]));
        foreach (float value in values[(vectors.Length * Vector<float>.Count)..])
            (low, high, rest) = (MathF.Min(low, value), MathF.Max(high, value), rest + (value * 0));

        // Zero times what is not finite is no number.
        return float.IsFinite(rest) ? (low, high) : (float.NaN, float.NaN);
    }

    /// <summary>Chooses a range.</summary>
    internal TensorRange Choose(CalibrationMethod method) => method switch
    {
        CalibrationMethod.MinMax => new TensorRange(Least, Most),
        CalibrationMethod.Percentile => Percentile(),
        _ => MeanSquare(),
    };

    // Bins 2k and 2k + 1 of one side become bin k; zero stays between two bins.
    private void Widen()
    {
        for (int i = 0; i < HalfBins; i++)
        {
            int above = HalfBins + i, below = HalfBins - 1 - i;
            (_bins[above], _bins[below]) = 2 * i < HalfBins
                ? (_bins[HalfBins + (2 * i)] + _bins[HalfBins + (2 * i) + 1], _bins[HalfBins - 1 - (2 * i)] + _bins[HalfBins - 2 - (2 * i)])
                : (0, 0);
        }

        _width *= 2;
    }

    private TensorRange Percentile()
    {
        double tail = Count * (1 - Share) / 2;
        return Within(Edge(tail, fromBelow: true), Edge(tail, fromBelow: false));
    }

    private double Edge(double tail, bool fromBelow)
    {
        double passed = 0;
        for (int i = 0; i < _bins.Length; i++)
        {
            int bin = fromBelow ? i : _bins.Length - 1 - i;
            passed += _bins[bin];
            if (passed > tail)
                return (bin - HalfBins + (fromBelow ? 0 : 1)) * _width;
        }

        return 0;
    }

    // Tries both ends, each on its own: outliers lie on one side more often than on both.
    private TensorRange MeanSquare()
    {
        const int steps = 64;
        var sums = new BinSums(_bins, HalfBins, _width);
        (double least, double most, double best) = (Least, Most, sums.Error(Least, Most));
        for (int low = 0; low < steps; low++)
        {
            for (int high = 0; high < steps; high++)
            {
                double candidateLeast = Least * (1 - ((double)low / steps)), candidateMost = Most * (1 - ((double)high / steps));
                double error = sums.Error(candidateLeast, candidateMost);
                if (error < best)
                    (least, most, best) = (candidateLeast, candidateMost, error);
            }
        }

        return Within(least, most);
    }

    private TensorRange Within(double least, double most) => new((float)Math.Clamp(least, Least, 0), (float)Math.Clamp(most, 0, Most));
}
