namespace Unreel.Video;

/// <summary>Operations that give each value another, whatever lies beside it: one table of 256 for each channel.</summary>
internal readonly struct ToneTable
{
    private const int Levels = 256;
    private const int Highest = Levels - 1;
    private const int SolarizeAddBelow = 128;
    private readonly byte[] _values;

    private ToneTable(byte[] values) => _values = values;

    /// <summary>Works out an operation's tables; those that look at the picture look at this frame.</summary>
    public static ToneTable Of(PictureOperation operation, ReadOnlySpan<byte> rgb)
    {
        float amount = operation.Amount;
        return operation.Kind switch
        {
            PictureOperationKind.AutoContrast => Channels(Histogram(rgb), static (int[] counts, Span<byte> table) => Stretch(counts, table)),
            PictureOperationKind.Equalize => Channels(Histogram(rgb), static (int[] counts, Span<byte> table) => Flatten(counts, table)),
            PictureOperationKind.Invert => All(static value => Highest - value),
            PictureOperationKind.Posterize => All(value => value & ~((1 << (8 - (int)amount)) - 1)),
            PictureOperationKind.Solarize => All(value => value < amount ? value : Highest - value),
            PictureOperationKind.SolarizeAdd => All(value => value < SolarizeAddBelow ? Math.Min(Highest, value + (int)amount) : value),
            PictureOperationKind.Brightness => All(value => Blending.Mix(0, value, amount)),
            PictureOperationKind.Contrast => Contrast(Blending.MeanLuma(rgb), amount),
            _ => throw new ArgumentOutOfRangeException(nameof(operation), $"{operation.Kind} is not a change of tones."),
        };
    }

    /// <summary>Changes a frame in place.</summary>
    public void Apply(Span<byte> rgb)
    {
        ReadOnlySpan<byte> red = _values.AsSpan(0, Levels), green = _values.AsSpan(Levels, Levels), blue = _values.AsSpan(2 * Levels, Levels);
        for (int i = 0; i + 2 < rgb.Length; i += 3)
            (rgb[i], rgb[i + 1], rgb[i + 2]) = (red[rgb[i]], green[rgb[i + 1]], blue[rgb[i + 2]]);
    }

    private delegate void Fill(int[] counts, Span<byte> table);

    private static ToneTable Contrast(int mean, float amount) => All(value => Blending.Mix(mean, value, amount));

    private static ToneTable All(Func<int, int> tone)
    {
        byte[] values = new byte[3 * Levels];
        for (int value = 0; value < Levels; value++)
            values[value] = values[Levels + value] = values[(2 * Levels) + value] = (byte)tone(value);
        return new ToneTable(values);
    }

    private static ToneTable Channels(int[][] counts, Fill fill)
    {
        byte[] values = new byte[3 * Levels];
        for (int channel = 0; channel < 3; channel++)
            fill(counts[channel], values.AsSpan(channel * Levels, Levels));
        return new ToneTable(values);
    }

    private static int[][] Histogram(ReadOnlySpan<byte> rgb)
    {
        int[][] counts = [new int[Levels], new int[Levels], new int[Levels]];
        for (int i = 0; i < rgb.Length; i++)
            counts[i % 3][rgb[i]]++;
        return counts;
    }

    // The darkest value becomes 0 and the lightest 255.
    private static void Stretch(int[] counts, Span<byte> table)
    {
        int low = Array.FindIndex(counts, static count => count > 0), high = Array.FindLastIndex(counts, static count => count > 0);
        double scale = high > low ? (double)Highest / (high - low) : 1;
        double offset = high > low ? -low * scale : 0;
        for (int value = 0; value < Levels; value++)
            table[value] = (byte)Math.Clamp((int)((value * scale) + offset), 0, Highest);
    }

    // Equal shares of the pixels get equal shares of the values.
    private static void Flatten(int[] counts, Span<byte> table)
    {
        int last = Array.FindLastIndex(counts, static count => count > 0);
        int step = (counts.Sum() - (last < 0 ? 0 : counts[last])) / Highest;
        int sum = step / 2;
        for (int value = 0; value < Levels; value++)
        {
            table[value] = (byte)(step == 0 ? value : Math.Min(sum / step, Highest));
            sum += counts[value];
        }
    }
}
