using System.Numerics;

namespace Unreel.Synthesize.Tests.Textures;

/// <summary>What is measured of one texture of 256x256 pixels whose values lie in 0..1; grey is the mean of the channels.</summary>
internal sealed record TextureStatistics
{
    private const int Side = 256;
    private const int Margin = 16;
    private const int Window = 15;
    private const int Bins = 8;
    private static readonly double[] Hann = [.. Enumerable.Range(0, Side).Select(i => 0.5 - (0.5 * Math.Cos(2 * Math.PI * i / (Side - 1))))];

    /// <summary>The mean of red, green and blue.</summary>
    public required double[] Mean { get; init; }

    /// <summary>The standard deviation of red, green and blue.</summary>
    public required double[] Deviation { get; init; }

    /// <summary>How fast the spectrum falls: minus the slope of log amplitude over log frequency, 4 to 100 cycles, Hann window.</summary>
    public required double Alpha { get; init; }

    /// <summary>Coherence of the structure tensor of the whole, 0 (no direction) to 1 (one direction).</summary>
    public required double Coherence { get; init; }

    /// <summary>The same in windows of 15 pixels, each counting by its gradient energy.</summary>
    public required double LocalCoherence { get; init; }

    /// <summary>Share of the colour variance along its first principal component.</summary>
    public required double FirstComponent { get; init; }

    /// <summary>Share of the gradient energy in each of eight bins of 22.5 degrees, from 0 on.</summary>
    public required double[] Orientation { get; init; }

    /// <summary>Kurtosis of the gradient's two components: 3 for a normal distribution.</summary>
    public required double Kurtosis { get; init; }

    /// <summary>Share of the values that are 0 or 255.</summary>
    public required double Clipped { get; init; }

    /// <summary>Measures one texture.</summary>
    /// <param name="pixels">RGB [row, column, channel].</param>
    public static TextureStatistics Measure(ReadOnlySpan<byte> pixels)
    {
        Assert.Equal(Side * Side * 3, pixels.Length);
        (double[] mean, double[,] covariance) = Colours(pixels);
        double[] grey = new double[Side * Side];
        int clipped = 0;
        for (int i = 0; i < pixels.Length; i++)
        {
            grey[i / 3] += pixels[i] / 765.0;
            clipped += pixels[i] is 0 or 255 ? 1 : 0;
        }

        Gradients gradients = Gradients.Of(grey, Side, Margin);
        return new TextureStatistics
        {
            Mean = mean,
            Deviation = [Math.Sqrt(covariance[0, 0]), Math.Sqrt(covariance[1, 1]), Math.Sqrt(covariance[2, 2])],
            Alpha = SpectrumSlope(grey),
            Coherence = gradients.Coherence(gradients.Side),
            LocalCoherence = gradients.Coherence(Window),
            FirstComponent = LargestEigenvalue(covariance) / (covariance[0, 0] + covariance[1, 1] + covariance[2, 2]),
            Orientation = gradients.Energy(Bins),
            Kurtosis = gradients.Kurtosis(),
            Clipped = (double)clipped / pixels.Length,
        };
    }

    /// <summary>Minus the slope of the log of the mean amplitude on rings of frequencies 4 to 100 over the log of the frequency.</summary>
    public static double SpectrumSlope(ReadOnlySpan<double> grey)
    {
        double[] rings = RingAmplitudes(grey);
        double n = 0, sx = 0, sy = 0, sxx = 0, sxy = 0;
        for (int k = 4; k <= 100; k++)
        {
            (double x, double y) = (Math.Log(k), Math.Log(rings[k] + 1e-12));
            (n, sx, sy, sxx, sxy) = (n + 1, sx + x, sy + y, sxx + (x * x), sxy + (x * y));
        }

        return ((sx * sy) - (n * sxy)) / ((n * sxx) - (sx * sx));
    }

    private static double[] RingAmplitudes(ReadOnlySpan<double> grey)
    {
        double mean = 0;
        foreach (double value in grey)
            mean += value / grey.Length;

        var spectrum = new Complex[Side * Side];
        for (int i = 0; i < spectrum.Length; i++)
            spectrum[i] = (grey[i] - mean) * Hann[i / Side] * Hann[i % Side];
        SlowFourier.Transform(spectrum, Side);

        (double[] sums, int[] counts) = (new double[Side], new int[Side]);
        for (int i = 0; i < spectrum.Length; i++)
        {
            (int row, int column) = (i / Side, i % Side);
            int ring = (int)Math.Round(double.Hypot(Math.Min(row, Side - row), Math.Min(column, Side - column)));
            sums[ring] += spectrum[i].Magnitude;
            counts[ring]++;
        }

        return [.. sums.Select((sum, ring) => sum / Math.Max(counts[ring], 1))];
    }

    private static (double[] Mean, double[,] Covariance) Colours(ReadOnlySpan<byte> pixels)
    {
        (double[] sum, double[,] product) = (new double[3], new double[3, 3]);
        for (int i = 0; i < pixels.Length; i++)
        {
            sum[i % 3] += pixels[i] / 255.0;
            for (int other = 0; other < 3; other++)
                product[i % 3, other] += pixels[i] * pixels[i - (i % 3) + other] / 65025.0;
        }

        double count = pixels.Length / 3;
        double[] mean = [.. sum.Select(value => value / count)];
        for (int a = 0; a < 3; a++)
        {
            for (int b = 0; b < 3; b++)
                product[a, b] = (product[a, b] / count) - (mean[a] * mean[b]);
        }

        return (mean, product);
    }

    private static double LargestEigenvalue(double[,] matrix)
    {
        double[] vector = [1, 0.9, 1.1];
        double length = 0;
        for (int round = 0; round < 500; round++)
        {
            double[] next = [.. Enumerable.Range(0, 3).Select(a => Enumerable.Range(0, 3).Sum(b => matrix[a, b] * vector[b]))];
            length = Math.Sqrt(next.Sum(value => value * value));
            vector = [.. next.Select(value => value / length)];
        }

        return length;
    }
}
