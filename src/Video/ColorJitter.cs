namespace Unreel.Video;

/// <summary>
/// Factors for brightness, contrast (about mid grey) and saturation (about BT.601 luma), in 1/1024, worked in integers so
/// that the bytes are the same everywhere.
/// </summary>
/// <param name="Brightness">1024 leaves it.</param>
/// <param name="Contrast">1024 leaves it.</param>
/// <param name="Saturation">1024 leaves it.</param>
internal readonly record struct ColorJitter(int Brightness, int Contrast, int Saturation)
{
    private const int One = 1024;

    /// <summary>Draws three factors from 1 - <paramref name="strength"/> to 1 + <paramref name="strength"/>; draws nothing for 0.</summary>
    public static ColorJitter Draw(double strength, ref RandomStream random)
    {
        if (strength <= 0)
            return new ColorJitter(One, One, One);

        int span = (int)Math.Round(Math.Min(strength, 1) * One);
        return new ColorJitter(random.NextInt(One - span, One + span + 1), random.NextInt(One - span, One + span + 1), random.NextInt(One - span, One + span + 1));
    }

    /// <summary>Changes RGB pixels in place.</summary>
    public void Apply(Span<byte> rgb)
    {
        if (this == new ColorJitter(One, One, One))
            return;

        for (int i = 0; i + 2 < rgb.Length; i += 3)
        {
            int red = Level(rgb[i]), green = Level(rgb[i + 1]), blue = Level(rgb[i + 2]);
            int luma = ((red * 77) + (green * 150) + (blue * 29)) >> 8;
            rgb[i] = Saturate(red, luma);
            rgb[i + 1] = Saturate(green, luma);
            rgb[i + 2] = Saturate(blue, luma);
        }
    }

    private int Level(int value) => (((((value * Brightness) >> 10) - 128) * Contrast) >> 10) + 128;

    private byte Saturate(int value, int luma) => (byte)Math.Clamp(luma + (((value - luma) * Saturation) >> 10), 0, 255);
}
