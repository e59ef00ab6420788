namespace Unreel.Pipelines;

/// <summary>The number in the middle, which benches tell: another program on the machine takes some times and not others.</summary>
public static class Median
{
    /// <summary>The median of at least one number; of an even count the mean of the two in the middle.</summary>
    public static double Of(IEnumerable<double> values)
    {
        double[] sorted = [.. values.Order()];
        return (sorted[(sorted.Length - 1) / 2] + sorted[sorted.Length / 2]) / 2;
    }
}
