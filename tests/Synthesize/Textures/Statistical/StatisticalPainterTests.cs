using System.Security.Cryptography;
using Unreel.Synthesize.Textures;
using Unreel.Synthesize.Textures.Statistical;

namespace Unreel.Synthesize.Tests.Textures.Statistical;

public sealed class StatisticalPainterTests
{
    private const int Bytes = TexturePainter.Side * TexturePainter.Side * 3;

    [Theory]
    [InlineData(TextureFamily.Spectrum, 0, "4b17aaa6b86a4475")]
    [InlineData(TextureFamily.SpectrumColour, 1, "c000e4d214b1d987")]
    [InlineData(TextureFamily.Wavelet, 2, "df8b724eab6df3a9")]
    [InlineData(TextureFamily.SpectrumColourWavelet, 0, "6932e216aa81768b")]
    [InlineData(TextureFamily.SpectrumColourWavelet, 299_999, "08c09369a1b963ea")]
    public void Bytes_are_those_pinned(TextureFamily family, int index, string digest)
    {
        using var painter = new StatisticalPainter(family);
        byte[] pixels = new byte[Bytes];
        painter.Draw(7, index, pixels);
        Assert.Equal(digest, Convert.ToHexStringLower(SHA256.HashData(pixels))[..16]);
    }

    [Fact]
    public void A_texture_does_not_depend_on_what_was_drawn_before()
    {
        using var painter = new StatisticalPainter(TextureFamily.SpectrumColourWavelet);
        using var other = new StatisticalPainter(TextureFamily.SpectrumColourWavelet);
        byte[] first = new byte[Bytes], second = new byte[Bytes];
        other.Draw(1, 3, first);
        painter.Draw(1, 4, second);
        Assert.NotEqual(first, second);
        painter.Draw(1, 3, second);
        Assert.Equal(first, second);
        painter.Draw(2, 3, second);
        Assert.NotEqual(first, second);
    }

    // The figures of the published textures; see TextureStatistics for what each is. Published means are of unknown many.
    // Alone, our bands give a slope .15 to .2 below the published one, hence the wide tolerance.
    [Theory]
    [InlineData(TextureFamily.Spectrum, 0.115, 1.31, 0.40, 0.19, 0.52, 0.51)]
    [InlineData(TextureFamily.SpectrumColour, 0.18, 1.52, 0.49, 0.15, 0.55, 0.65)]
    [InlineData(TextureFamily.SpectrumColourWavelet, 0.163, 1.17, 0.25, 0.12, 0.38, 0.63)]
    [InlineData(TextureFamily.Wavelet, 0.08, 1.06, 0.21, 0.25, 0.36, 0.39)]
    public void Statistics_are_those_published(TextureFamily family, double deviation, double alpha, double spread, double coherence, double local, double first)
    {
        TextureSample sample = Draw(family, 48);
        string found = sample.ToString();
        Assert.All(sample.Colour, mean => Near(0.5, mean, 0.05, found));
        Assert.All(sample.Deviation, value => Near(deviation, value, 0.02, found));
        Near(alpha, sample.Mean(t => t.Alpha), family == TextureFamily.Wavelet ? 0.22 : 0.15, found);
        Near(spread, sample.Spread(t => t.Alpha), 0.12, found);
        Near(coherence, sample.Mean(t => t.Coherence), 0.1, found);
        Near(local, sample.Mean(t => t.LocalCoherence), 0.1, found);
        Near(first, sample.Mean(t => t.FirstComponent), 0.07, found);
    }

    [Fact]
    public void Nothing_is_allocated_for_a_texture()
    {
        using var painter = new StatisticalPainter(TextureFamily.SpectrumColourWavelet);
        byte[] pixels = new byte[Bytes];
        painter.Draw(1, 0, pixels);
        long before = GC.GetAllocatedBytesForCurrentThread();
        painter.Draw(1, 1, pixels);
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    [Fact]
    public void Families_that_are_not_statistical_are_refused()
    {
        var e = Assert.Throws<ArgumentException>(() => new StatisticalPainter(TextureFamily.StyleganRandom));
        Assert.Contains("StyleganRandom is not a family of statistical textures", e.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(Bytes - 1)]
    [InlineData(2 * Bytes)]
    public void Anything_but_one_frame_is_refused(int bytes)
    {
        using var painter = new StatisticalPainter(TextureFamily.Spectrum);
        var e = Assert.Throws<ArgumentException>(() => painter.Draw(1, 0, new byte[bytes]));
        Assert.Contains($"one frame of {Bytes} bytes, and there is room for {bytes}", e.Message, StringComparison.Ordinal);
    }

    private static TextureSample Draw(TextureFamily family, int count)
    {
        using var painter = new StatisticalPainter(family);
        var measured = new TextureStatistics[count];
        byte[] pixels = new byte[Bytes];
        for (int i = 0; i < count; i++)
        {
            painter.Draw(1, i, pixels);
            measured[i] = TextureStatistics.Measure(pixels);
        }

        return new TextureSample(measured);
    }

    private static void Near(double expected, double actual, double tolerance, string found) =>
        Assert.True(Math.Abs(actual - expected) <= tolerance, $"{actual:F3} is not within {tolerance} of {expected}: {found}");
}
