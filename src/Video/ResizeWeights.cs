namespace Unreel.Video;

/// <summary>For each pixel of one side of the target: which pixels of the source take part, and how much of each.</summary>
internal sealed class ResizeWeights
{
    /// <summary>Bits of a weight: the weights of a pixel sum to 1 &lt;&lt; Bits.</summary>
    public const int Bits = 15;

    private ResizeWeights(int taps, int[] first, int[] count, int[] weights) => (Taps, First, Count, Weights) = (taps, first, count, weights);

    /// <summary>Weights kept for each pixel; pixel i has its own from i * Taps on.</summary>
    public int Taps { get; }

    /// <summary>The first source pixel of each target pixel.</summary>
    public int[] First { get; }

    /// <summary>How many source pixels take part.</summary>
    public int[] Count { get; }

    /// <summary>The weights, Taps a pixel.</summary>
    public int[] Weights { get; }

    /// <summary>Whether the target repeats the source pixel by pixel, from <see cref="First"/>[0] on.</summary>
    public bool IsCopy { get; private set; }

    /// <summary>Works out the weights for <paramref name="to"/> pixels that cover [<paramref name="start"/>, start + <paramref name="length"/>) of <paramref name="from"/>.</summary>
    public static ResizeWeights Create(int from, double start, double length, int to)
    {
        double scale = length / to;
        double reach = Math.Max(scale, 1);
        int taps = Math.Min(((int)Math.Ceiling(reach) * 2) + 1, from);
        var made = new ResizeWeights(taps, new int[to], new int[to], new int[(long)to * taps]);
        Span<double> exact = taps <= 256 ? stackalloc double[taps] : new double[taps];
        for (int pixel = 0; pixel < to; pixel++)
            made.Fill(pixel, from, start + ((pixel + 0.5) * scale), reach, exact);

        made.IsCopy = Enumerable.Range(0, to).All(pixel => made.Count[pixel] == 1 && made.First[pixel] == made.First[0] + pixel);
        return made;
    }

    private void Fill(int pixel, int from, double centre, double reach, Span<double> exact)
    {
        int first = Math.Max((int)Math.Floor(centre - reach + 0.5), 0);
        int end = Math.Min(Math.Min((int)Math.Floor(centre + reach + 0.5), from), first + Taps);
        first = Math.Min(first, end - 1);
        double sum = 0;
        for (int i = first; i < end; i++)
            sum += exact[i - first] = Math.Max(1 - (Math.Abs(i + 0.5 - centre) / reach), 0);

        int left = 1 << Bits, largest = 0;
        Span<int> weights = Weights.AsSpan(pixel * Taps, Taps);
        for (int i = 0; i < end - first; i++)
        {
            weights[i] = (int)Math.Floor((exact[i] / sum * (1 << Bits)) + 0.5);
            left -= weights[i];
            largest = weights[i] > weights[largest] ? i : largest;
        }

        weights[largest] += left;
        Trim(pixel, first, end - first);
    }

    private void Trim(int pixel, int first, int count)
    {
        Span<int> weights = Weights.AsSpan(pixel * Taps, Taps);
        int zeros = 0;
        while (zeros < count - 1 && weights[zeros] == 0)
            zeros++;
        weights[zeros..count].CopyTo(weights);
        weights[(count - zeros)..].Clear();
        count -= zeros;
        while (count > 1 && weights[count - 1] == 0)
            count--;
        (First[pixel], Count[pixel]) = (first + zeros, count);
    }
}
