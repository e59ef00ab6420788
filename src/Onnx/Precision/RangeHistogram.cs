namespace Unreel.Onnx;

/// <summary>How a tensor's range of 8-bit codes is chosen.</summary>
public enum CalibrationMethod
{
    /// <summary>From the smallest to the largest number seen.</summary>
    MinMax,

    /// <summary>What holds 99.99 % of the numbers.</summary>
    Percentile,

    /// <summary>The range with the smallest expected square of the error, of rounding and cutting off together.</summary>
    MeanSquare,
}

/// <summary>The range of a tensor.</summary>
/// <param name="Least">At most 0.</param>
/// <param name="Most">At least 0.</param>
public readonly record struct TensorRange(float Least, float Most)
{
    private const int Steps = 255;

    /// <summary>What one step of the codes stands for; 1 where the tensor is always zero.</summary>
    public float Scale => Most - Least > 1e-30f ? (Most - Least) / Steps : 1;

    /// <summary>The code, 0 to 255, that stands for zero; signed codes are 128 less.</summary>
    public byte Zero => Most - Least > 1e-30f ? (byte)Math.Clamp(MathF.Round(-Least / Scale), 0, Steps) : (byte)0;
}

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
        (float least, float most) = (Least, Most);
        float check = 0;
        foreach (float value in values)
        {
            least = MathF.Min(least, value);
            most = MathF.Max(most, value);
            check += value * 0;
        }

        // Zero times what is not finite is not zero.
        if (check != 0 || float.IsNaN(check))
            throw new PrecisionException($"Tensor '{tensor}' is not finite on a calibration clip: the model's weights are damaged, or were trained to no end");

        (Least, Most) = (least, most);
        while (Math.Max(-least, most) >= _width * HalfBins)
            Widen();
        float inverse = (float)(1 / _width);
        foreach (float value in values)
            _bins[Math.Clamp((int)MathF.Floor(value * inverse) + HalfBins, 0, (2 * HalfBins) - 1)]++;
        Count += values.Length;
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

    // Shrinks the two ends in turn for as long as the error falls: outliers lie on one side more often than on both.
    private TensorRange MeanSquare()
    {
        const int steps = 40;
        (double least, double most, double best) = (Least, Most, Error(Least, Most));
        for (int low = 0; low < steps; low++)
        {
            for (int high = 0; high < steps; high++)
            {
                double candidateLeast = Least * (1 - ((double)low / steps)), candidateMost = Most * (1 - ((double)high / steps));
                double error = Error(candidateLeast, candidateMost);
                if (error < best)
                    (least, most, best) = (candidateLeast, candidateMost, error);
            }
        }

        return Within(least, most);
    }

    private double Error(double least, double most)
    {
        double scale = (most - least) / 255, rounding = scale * scale / 12, error = 0;
        for (int bin = 0; bin < _bins.Length; bin++)
        {
            if (_bins[bin] == 0)
                continue;
            double centre = (bin - HalfBins + 0.5) * _width, cut = Math.Max(Math.Max(least - centre, centre - most), 0);
            error += _bins[bin] * (cut > 0 ? cut * cut : rounding);
        }

        return error;
    }

    private TensorRange Within(double least, double most) => new((float)Math.Clamp(least, Least, 0), (float)Math.Clamp(most, 0, Most));
}
