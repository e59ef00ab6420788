using Unreel.Video;

namespace Unreel.Synthesize.Textures.Statistical;

/// <summary>
/// The heavy-tailed distributions that wavelet coefficients of natural pictures follow: density exp(-|x / 4^scale|^r) for
/// |x| up to 200, with scale = 1, 2, 4, 8 from fine to coarse and r uniform over .4...8, drawn for each band and channel.
/// </summary>
internal sealed class WaveletModel
{
    private const int Bins = 801;
    private const double Step = 0.5;
    private readonly Histogram[] _histograms;
    private readonly double[] _deviations;
    private readonly int _bands;
    private readonly HistogramMatch _match;

    /// <param name="channels">Channels of a texture.</param>
    /// <param name="levels">Octaves of the pyramid.</param>
    /// <param name="match">What matches histograms.</param>
    public WaveletModel(int channels, int levels, HistogramMatch match)
    {
        _match = match;
        _bands = 1 + (levels * SteerableFilters.Orientations);
        _histograms = [.. Enumerable.Range(0, channels * _bands).Select(_ => new Histogram(Bins))];
        _deviations = new double[channels * _bands];
    }

    /// <summary>Draws the exponents.</summary>
    public void Draw(ref RandomStream random)
    {
        for (int i = 0; i < _histograms.Length; i++)
        {
            int level = Math.Max((i % _bands) - 1, 0) / SteerableFilters.Orientations;
            Set(i, PortableMath.Pow(4, 1 << level), random.NextDouble(0.4, 0.8));
        }
    }

    /// <summary>Gives a band the distribution wanted, and exactly its mean of 0 and its deviation.</summary>
    public void Apply(int channel, int band, Span<float> values)
    {
        int i = (channel * _bands) + band;

        // Matching puts each bin where it belongs by rank, so nothing has to be scaled before.
        _match.Apply(values, _histograms[i]);
        (double mean, double deviation) = PlaneMath.Moments(values);
        double factor = deviation > 0 ? _deviations[i] / deviation : 0;
        PlaneMath.Scale(values, (float)factor, (float)(-mean * factor));
    }

    private void Set(int i, double scale, double exponent)
    {
        Span<double> weights = stackalloc double[Bins];
        double sum = 0, square = 0;
        for (int bin = 0; bin <= Bins / 2; bin++)
        {
            double x = bin * Step;
            double weight = PortableMath.Exp(-PortableMath.Pow(x / scale, exponent));
            (weights[(Bins / 2) + bin], weights[(Bins / 2) - bin]) = (weight, weight);
            (sum, square) = (sum + (bin > 0 ? 2 * weight : weight), square + (2 * weight * x * x));
        }

        _histograms[i].Set(-(Bins / 2 * Step) - (Step / 2), Step, weights);
        _deviations[i] = Math.Sqrt(square / sum);
    }
}
