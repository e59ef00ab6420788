namespace Unreel.Synthesize.Tests.Scenes;

/// <summary>Values held against a range: how many, the least, the greatest, those outside, and sixteen equal bins.</summary>
internal sealed class Spread(double low, double high)
{
    private const int Bins = 16;
    private readonly long[] _bins = new long[Bins];
    private readonly double _perBin = high > low ? Bins / (high - low) : 0;

    public long Count { get; private set; }

    public long Outside { get; private set; }

    public double Min { get; private set; } = double.PositiveInfinity;

    public double Max { get; private set; } = double.NegativeInfinity;

    /// <summary>The value furthest from 0, without its sign.</summary>
    public double Reach => Math.Max(-Min, Max);

    public void Add(double value)
    {
        Count++;
        (Min, Max) = (Math.Min(Min, value), Math.Max(Max, value));
        if (value < low || value > high)
            Outside++;
        else
            _bins[Math.Min((int)((value - low) * _perBin), Bins - 1)]++;
    }

    /// <summary>
    /// Uniform over the range: nothing outside, and no bin further from its share than five standard errors, which one bin in
    /// two million is by chance. A range of one value has that value only.
    /// </summary>
    public void AssertUniform(string what)
    {
        Assert.True(Count > 0, $"{what}: nothing was measured.");
        Assert.True(Outside == 0, $"{what}: {Outside} of {Count} are outside {low}..{high}; they reach from {Min} to {Max}.");
        if (high > low)
            Shares.AssertEqual(_bins, [.. Enumerable.Repeat(1.0 / Bins, Bins)], what);
    }

    /// <summary>As <see cref="AssertUniform"/>, and the ends are reached: the gap of a uniform draw exceeds 25 mean gaps once in 10^10.</summary>
    public void AssertUniformToTheEnds(string what)
    {
        AssertUniform(what);
        double gap = 25 * (high - low) / Count;
        Assert.True(Min <= low + gap && Max >= high - gap, $"{what}: expected values up to the ends of {low}..{high}, found {Min} to {Max}.");
    }
}

/// <summary>Counts held against the shares they should have.</summary>
internal static class Shares
{
    /// <summary>Standard errors that a count may be off: one in two million is by chance.</summary>
    public const double Errors = 5;

    /// <summary>No count is further from its share of all than five standard errors (a share of 0 or 1 is exact).</summary>
    public static void AssertEqual(ReadOnlySpan<long> counts, ReadOnlySpan<double> shares, string what)
    {
        Assert.Equal(shares.Length, counts.Length);
        long all = 0;
        foreach (long count in counts)
            all += count;

        for (int i = 0; i < counts.Length; i++)
        {
            double expected = all * shares[i], error = Math.Sqrt(expected * (1 - shares[i]));

            // The count of something rare is not normal; one more than the error allows is.
            Assert.True(
                Math.Abs(counts[i] - expected) <= (Errors * error) + (error > 0 ? 1 : 1e-6),
                $"{what}: number {i} has {counts[i]} of {all}, expected {expected:F1} give or take {Errors * error:F1}.");
        }
    }

    /// <summary>The value that a share of all is at most, of counted values 0, 1, 2, …</summary>
    public static int Percentile(ReadOnlySpan<long> counts, double share)
    {
        long all = 0, before = counts[0];
        foreach (long count in counts)
            all += count;

        int value = 0;
        while (before <= share * all)
            before += counts[++value];

        return value;
    }
}
