using Unreel.Testing;
using Unreel.Video;

namespace Unreel.Synthesize.Tests.Textures;

/// <summary>The measure itself, on patterns whose figures are known and on pictures the published generators made.</summary>
public sealed class TextureStatisticsTests
{
    private const int Side = 256;

    [Theory]
    [InlineData(0, 0)]
    [InlineData(60, 2)]
    [InlineData(100, 4)]
    [InlineData(170, 7)]
    public void Stripes_have_one_direction(double degrees, int bin)
    {
        (double sin, double cos) = Math.SinCos(degrees * Math.PI / 180);
        TextureStatistics stripes = TextureStatistics.Measure(Picture((x, y) => 127.5 + (100 * Math.Sin(((x * cos) + (y * sin)) / 3))));

        Assert.True(stripes.Coherence > 0.98, $"{stripes.Coherence}");
        Assert.True(stripes.LocalCoherence > 0.98, $"{stripes.LocalCoherence}");
        Assert.True(stripes.Orientation[bin] > 0.8, string.Join(' ', stripes.Orientation));
        Assert.Equal(1, stripes.FirstComponent, 1e-3);
        Assert.Equal(0.5, stripes.Mean[1], 0.01);
        Assert.Equal(100 / 255.0 / Math.Sqrt(2), stripes.Deviation[2], 0.01);
        Assert.Equal(3 * (Math.Pow(sin, 4) + Math.Pow(cos, 4)), stripes.Kurtosis, 0.1);
    }

    [Fact]
    public void White_noise_has_neither_slope_nor_direction()
    {
        var random = new RandomStream(1, "noise", 0);
        byte[] pixels = new byte[Side * Side * 3];
        for (int i = 0; i < pixels.Length; i++)
            pixels[i] = (byte)random.NextUInt32();
        TextureStatistics noise = TextureStatistics.Measure(pixels);

        Assert.Equal(0, noise.Alpha, 0.03);
        Assert.Equal(0, noise.Coherence, 0.02);
        Assert.Equal(1 / 3.0, noise.FirstComponent, 0.01);
        Assert.Equal(2 / 256.0, noise.Clipped, 0.001);
        Assert.All(noise.Orientation, share => Assert.Equal(0.125, share, 0.01));
    }

    // Six pictures each, so the tolerances are wide; the figures wanted are those of the published families.
    [SharedDataTheory]
    [InlineData("stat_S_C_WMM", 0.165, 1.17, 0.12, 0.38, 0.63)]
    [InlineData("stylegan_oriented", 0.18, 1.97, 0.48, 0.74, 0.77)]
    [InlineData("stylegan_highfreq", 0.19, 1.37, 0.13, 0.26, 0.62)]
    [InlineData("stylegan_random", 0.20, 2.04, 0.21, 0.90, 0.60)]
    public void Published_pictures_measure_as_published(string family, double deviation, double alpha, double coherence, double local, double first)
    {
        string[] files = Directory.GetFiles(SharedData.File("textures", family), "*.png");
        var sample = new TextureSample([.. files.Select(file => TextureStatistics.Measure(PngPicture.Read(file).Pixels))]);

        Assert.Equal(6, sample.Count);
        Assert.Equal(deviation, sample.Deviation.Average(), 0.03);
        Assert.Equal(alpha, sample.Mean(t => t.Alpha), 0.15);
        Assert.Equal(coherence, sample.Mean(t => t.Coherence), 0.06);
        Assert.Equal(local, sample.Mean(t => t.LocalCoherence), 0.08);
        Assert.Equal(first, sample.Mean(t => t.FirstComponent), 0.08);
    }

    private static byte[] Picture(Func<int, int, double> grey)
    {
        byte[] pixels = new byte[Side * Side * 3];
        for (int i = 0; i < pixels.Length; i++)
            pixels[i] = (byte)Math.Round(grey(i / 3 % Side, i / 3 / Side));
        return pixels;
    }
}
