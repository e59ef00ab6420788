using Unreel.Synthesize.Textures;

namespace Unreel.Synthesize.Tests.Textures.Stylegan;

/// <summary>
/// Few textures, as each takes torch a second. Digests are not pinned: torch's convolutions add in an order that follows the machine.
/// </summary>
public sealed class StyleganRandomPainterTests
{
    [Fact]
    public void A_texture_is_a_function_of_seed_and_index_alone_on_one_machine()
    {
        using var busy = new StyleganRandomPainter();
        using var fresh = new StyleganRandomPainter();
        byte[] movie = StyleganPainterTests.Draw(busy, 3, 401, frames: 2);
        byte[] other = StyleganPainterTests.Draw(busy, 3, 400);
        byte[] still = StyleganPainterTests.Draw(fresh, 3, 401);

        Assert.Equal(still, movie[..still.Length]);
        Assert.NotEqual(still, movie[still.Length..]);
        Assert.NotEqual(still, other);
    }

    // Over 48 textures of 10 networks: deviations .216 .213 .202, alpha 2.11 +- .11, local coherence .88, first component .60.
    [Fact]
    public void Textures_measure_as_published()
    {
        using var painter = new StyleganRandomPainter();
        var sample = new TextureSample([.. Enumerable.Range(0, 6).Select(i =>
            TextureStatistics.Measure(StyleganPainterTests.Draw(painter, 7, i)))]);

        for (int colour = 0; colour < 3; colour++)
            Assert.Equal(.20, sample.Deviation[colour], .08);
        Assert.Equal(2.04, sample.Mean(texture => texture.Alpha), .25);
        Assert.Equal(.90, sample.Mean(texture => texture.LocalCoherence), .06);
        Assert.Equal(.60, sample.Mean(texture => texture.FirstComponent), .15);
    }
}
