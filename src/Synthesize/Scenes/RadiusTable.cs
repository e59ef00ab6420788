namespace Unreel.Synthesize.Scenes;

/// <summary>
/// The radius of objects as the released generator runs it (the paper's text says exponential): 200 points over 0.1..1 of
/// the canvas, weighted r^-3 - 1, looked up by the nearest value of their running share, truncated to whole pixels of 256.
/// </summary>
internal static class RadiusTable
{
    private const int Points = 200;
    private static readonly int[] Radii = [.. Enumerable.Range(0, Points).Select(i => (int)(Position(i) * 256))];
    private static readonly double[] Shares = MakeShares();

    /// <summary>The radius for a uniform draw from [0, 1).</summary>
    public static int At(double draw)
    {
        int below = 0, above = Points - 1;
        while (above - below > 1)
        {
            int middle = (below + above) / 2;
            if (Shares[middle] <= draw)
                below = middle;
            else
                above = middle;
        }

        return draw - Shares[below] <= Shares[above] - draw ? Radii[below] : Radii[above];
    }

    private static double Position(int point) => 0.1 + (0.9 * point / (Points - 1));

    private static double[] MakeShares()
    {
        double[] shares = new double[Points];
        double sum = 0;
        for (int i = 0; i < Points; i++)
        {
            double r = Position(i);
            sum += (1 / (r * r * r)) - 1;
            shares[i] = sum;
        }

        return [.. shares.Select(share => share / sum)];
    }
}
