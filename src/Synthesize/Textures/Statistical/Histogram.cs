namespace Unreel.Synthesize.Textures.Statistical;

/// <summary>A histogram of equal bins, as the share of all values below each edge. It can be filled again and again.</summary>
internal sealed class Histogram(int bins)
{
    private readonly double[] _below = new double[bins + 1];

    /// <summary>How many bins.</summary>
    public int Bins => bins;

    /// <summary>The lower edge of the first bin.</summary>
    public double Low { get; private set; }

    /// <summary>The width of a bin.</summary>
    public double Step { get; private set; }

    /// <summary>The share of the values below each of the edges, 0 to 1.</summary>
    public ReadOnlySpan<double> Below => _below;

    /// <summary>Takes weights, of any sum above 0, of bins that begin at <paramref name="low"/>.</summary>
    public void Set(double low, double step, ReadOnlySpan<double> weights)
    {
        (Low, Step) = (low, step);
        double sum = 0;
        for (int bin = 0; bin < bins; bin++)
            _below[bin + 1] = sum += weights[bin];
        for (int edge = 1; edge <= bins; edge++)
            _below[edge] /= sum;
    }

    /// <summary>Takes the histogram of values between their smallest and their largest.</summary>
    public void Set(ReadOnlySpan<float> values)
    {
        (float low, float high) = PlaneMath.Range(values);
        double perValue = high > low ? bins / ((double)high - low) : 0;
        Span<double> weights = stackalloc double[bins];
        weights.Clear();
        foreach (float value in values)
            weights[Math.Min((int)((value - low) * perValue), bins - 1)]++;
        Set(low, ((double)high - low) / bins, weights);
    }
}
