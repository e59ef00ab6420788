using System.Security.Cryptography;
using Unreel.Synthesize.Textures;

namespace Unreel.Synthesize.Tests.Textures.Stylegan;

public sealed class StyleganPainterTests
{
    private const int FrameBytes = 256 * 256 * 3;

    public static TheoryData<TextureFamily> Families =>
        [TextureFamily.StyleganOriented, TextureFamily.StyleganHighFrequency, TextureFamily.StyleganSparse];

    [Theory]
    [InlineData(TextureFamily.StyleganOriented, "40de6a71b02fa14d")]
    [InlineData(TextureFamily.StyleganHighFrequency, "bc8192151a6fe650")]
    [InlineData(TextureFamily.StyleganSparse, "47cfb230de11de57")]
    public void Draws_the_same_bytes_everywhere(TextureFamily family, string digest)
    {
        using var painter = new StyleganPainter(family);
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (int index in new[] { 0, 1, 2, 399, 400, 123_456 })
            hash.AppendData(Draw(painter, 11, index));
        hash.AppendData(Draw(painter, ulong.MaxValue, 7, frames: 3));

        Assert.Equal(digest, Convert.ToHexStringLower(hash.GetHashAndReset())[..16]);
    }

    [Theory]
    [MemberData(nameof(Families))]
    public void A_texture_is_a_function_of_seed_and_index_alone(TextureFamily family)
    {
        using var busy = new StyleganPainter(family);
        using var fresh = new StyleganPainter(family);
        byte[] first = Draw(busy, 3, 500);
        Draw(busy, 3, 10, frames: 2);
        byte[] otherSeed = Draw(busy, 4, 500);

        Assert.Equal(first, Draw(busy, 3, 500));
        Assert.Equal(first, Draw(fresh, 3, 500));
        Assert.NotEqual(first, otherSeed);
        Assert.NotEqual(first, Draw(busy, 3, 501));
    }

    [Theory]
    [MemberData(nameof(Families))]
    public void A_dynamic_texture_starts_as_the_still_one_and_moves_smoothly(TextureFamily family)
    {
        double smooth = Change(family, TexturesOptions.SmoothStep), rough = Change(family, .2);

        Assert.InRange(smooth, .08, .30);
        Assert.InRange(rough, 2 * smooth, 1);
    }

    [Theory]
    [InlineData(TextureFamily.StyleganRandom)]
    [InlineData(TextureFamily.Spectrum)]
    public void Other_families_are_refused(TextureFamily family)
    {
        var refused = Assert.Throws<ArgumentOutOfRangeException>(() => new StyleganPainter(family));
        Assert.Contains(family.ToString(), refused.Message, StringComparison.Ordinal);
    }

    internal static byte[] Draw(TexturePainter painter, ulong seed, int index, int frames = 1)
    {
        byte[] pixels = new byte[frames * FrameBytes];
        painter.Draw(seed, index, pixels);
        return pixels;
    }

    // The root mean square change of a frame, in deviations of the frame, over several textures.
    private static double Change(TextureFamily family, double step)
    {
        const int Textures = 8, Frames = 4;
        using var painter = new StyleganPainter(family, step);
        double sum = 0;
        for (int index = 0; index < Textures; index++)
        {
            byte[] pixels = Draw(painter, 21, index, Frames);
            Assert.Equal(Draw(painter, 21, index), pixels[..FrameBytes]);
            for (int frame = 1; frame < Frames; frame++)
                sum += Change(pixels.AsSpan((frame - 1) * FrameBytes, FrameBytes), pixels.AsSpan(frame * FrameBytes, FrameBytes));
        }

        return sum / (Textures * (Frames - 1));
    }

    private static double Change(ReadOnlySpan<byte> before, ReadOnlySpan<byte> after)
    {
        double change = 0, variance = 0;
        for (int channel = 0; channel < 3; channel++)
        {
            double sum = 0, squares = 0;
            for (int i = channel; i < before.Length; i += 3)
            {
                change += (after[i] - before[i]) * (after[i] - before[i]);
                (sum, squares) = (sum + before[i], squares + (before[i] * before[i]));
            }

            variance += squares - (sum * sum * 3 / before.Length);
        }

        return Math.Sqrt(change / variance);
    }
}
