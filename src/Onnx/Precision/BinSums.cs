namespace Unreel.Onnx;

/// <summary>Running sums over bins, so that the error of a range is known without walking over them.</summary>
internal sealed class BinSums
{
    private readonly double[] _counts;
    private readonly double[] _firsts;
    private readonly double[] _seconds;
    private readonly int _middle;
    private readonly double _width;

    internal BinSums(ReadOnlySpan<long> bins, int middle, double width)
    {
        (_middle, _width) = (middle, width);
        (_counts, _firsts, _seconds) = (new double[bins.Length + 1], new double[bins.Length + 1], new double[bins.Length + 1]);
        for (int bin = 0; bin < bins.Length; bin++)
        {
            double centre = (bin - middle + 0.5) * width;
            _counts[bin + 1] = _counts[bin] + bins[bin];
            _firsts[bin + 1] = _firsts[bin] + (bins[bin] * centre);
            _seconds[bin + 1] = _seconds[bin] + (bins[bin] * centre * centre);
        }
    }

    /// <summary>The sum of the squares of the errors where 256 codes cover a range: of rounding inside, of cutting off outside.</summary>
    internal double Error(double least, double most)
    {
        int low = Bin(least), high = Bin(most), end = _counts.Length - 1;
        double scale = (most - least) / 255;
        return ((_counts[high] - _counts[low]) * scale * scale / 12) + Beyond(0, low, least) + Beyond(high, end, most);
    }

    private double Beyond(int from, int to, double edge) =>
        _seconds[to] - _seconds[from] - (2 * edge * (_firsts[to] - _firsts[from])) + (edge * edge * (_counts[to] - _counts[from]));

    private int Bin(double edge) => Math.Clamp((int)Math.Round(edge / _width) + _middle, 0, _counts.Length - 1);
}
