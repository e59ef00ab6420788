using Unreel.Synthesize.Textures;

namespace Unreel.Synthesize.Tests.Textures.Stylegan;

/// <summary>
/// The families against what the published generators' textures measure. The tolerances are four standard errors of a sample of this size
/// and as much again for that of the published figures, whose size is not known.
/// </summary>
public sealed class StyleganStatisticsTests
{
    private const int Textures = 96;
    private const int Apart = 57;

    [Fact]
    public void Oriented_textures_measure_as_published()
    {
        TextureSample sample = Sample(TextureFamily.StyleganOriented);

        AssertColours(sample, [.46, .45, .40], [.18, .17, .17]);
        AssertFigures(sample, alpha: 1.97, spread: .40, coherence: .48, local: .74, first: .77);
        Assert.Equal(.33, sample.Mean(texture => texture.Orientation.Max()), .06);
        Assert.Equal(.06, sample.Mean(texture => texture.Clipped), .03);
    }

    [Fact]
    public void High_frequency_textures_measure_as_published()
    {
        TextureSample sample = Sample(TextureFamily.StyleganHighFrequency);

        AssertColours(sample, [.45, .45, .41], [.20, .19, .19]);
        AssertFigures(sample, alpha: 1.37, spread: .33, coherence: .13, local: .26, first: .62);
        Assert.InRange(sample.Mean(texture => texture.Orientation.Max()), .125, .20);
    }

    [Fact]
    public void Sparse_textures_measure_as_published()
    {
        TextureSample sample = Sample(TextureFamily.StyleganSparse);

        AssertColours(sample, [.48, .46, .41], [.20, .20, .18]);
        AssertFigures(sample, alpha: 1.45, spread: .36, coherence: .17, local: .33, first: .67);
    }

    private static TextureSample Sample(TextureFamily family)
    {
        using var painter = new StyleganPainter(family);
        return new TextureSample([.. Enumerable.Range(0, Textures).Select(i =>
            TextureStatistics.Measure(StyleganPainterTests.Draw(painter, 7, i * Apart)))]);
    }

    private static void AssertColours(TextureSample sample, double[] means, double[] deviations)
    {
        for (int colour = 0; colour < 3; colour++)
        {
            Assert.Equal(means[colour], sample.Colour[colour], .07);
            Assert.Equal(deviations[colour], sample.Deviation[colour], .03);
        }

        // The deviation over textures of the mean that was drawn.
        Assert.Equal(.14, sample.Spread(texture => texture.Mean[0]), .05);
    }

    private static void AssertFigures(TextureSample sample, double alpha, double spread, double coherence, double local, double first)
    {
        Assert.Equal(alpha, sample.Mean(texture => texture.Alpha), .17);
        Assert.Equal(spread, sample.Spread(texture => texture.Alpha), .12);
        Assert.Equal(coherence, sample.Mean(texture => texture.Coherence), coherence > .3 ? .1 : .05);
        Assert.Equal(local, sample.Mean(texture => texture.LocalCoherence), .08);
        Assert.Equal(first, sample.Mean(texture => texture.FirstComponent), .07);
    }
}
