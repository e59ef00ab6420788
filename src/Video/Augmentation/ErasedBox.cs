namespace Unreel.Video;

/// <summary>
/// A rectangle of a clip that is replaced with noise, the same rectangle in every frame (Zhong et al., "Random erasing", 2020, as
/// VideoMAE sets it): area 2 to 33 % of the frame, height / width from .3 to 1 / .3, log-uniform.
/// </summary>
/// <param name="Left">Left edge.</param>
/// <param name="Top">Top edge.</param>
/// <param name="Width">Width, at least 1.</param>
/// <param name="Height">Height, at least 1.</param>
/// <param name="Noise">The seed of the noise.</param>
internal readonly record struct ErasedBox(int Left, int Top, int Width, int Height, ulong Noise)
{
    private const int Attempts = 10;
    private const double MinArea = 0.02, MaxArea = 1.0 / 3, MinAspect = 0.3;

    // Standard normal after ImageNet's normalisation, which is what VideoMAE's noise is; in bytes.
    private static readonly double[] Mean = [0.485 * 255, 0.456 * 255, 0.406 * 255];
    private static readonly double[] Deviation = [0.229 * 255, 0.224 * 255, 0.225 * 255];

    /// <summary>Draws a box with a probability; null where there is none, or none that fits was found in ten attempts.</summary>
    public static ErasedBox? Draw(double probability, FrameSize size, ref RandomStream random)
    {
        if (probability <= 0 || random.NextDouble() >= probability)
            return null;

        double area = (double)size.Width * size.Height;
        for (int attempt = 0; attempt < Attempts; attempt++)
        {
            double target = random.NextDouble(MinArea, MaxArea) * area;
            double aspect = Math.Exp(random.NextDouble(Math.Log(MinAspect), -Math.Log(MinAspect)));
            int height = (int)Math.Round(Math.Sqrt(target * aspect)), width = (int)Math.Round(Math.Sqrt(target / aspect));
            if (width > 0 && height > 0 && width < size.Width && height < size.Height)
                return new ErasedBox(random.NextInt(size.Width - width + 1), random.NextInt(size.Height - height + 1), width, height, random.NextUInt64());
        }

        return null;
    }

    /// <summary>Erases the box in one frame; every pixel of every frame has noise of its own.</summary>
    /// <param name="rgb">The frame.</param>
    /// <param name="frameWidth">Its width.</param>
    /// <param name="frame">Its place in the clip.</param>
    public void Apply(Span<byte> rgb, int frameWidth, int frame)
    {
        var random = new RandomStream(Noise, "erase", (ulong)frame);
        for (int row = Top; row < Top + Height; row++)
        {
            Span<byte> line = rgb.Slice(((row * frameWidth) + Left) * 3, Width * 3);
            for (int value = 0; value < line.Length; value++)
                line[value] = (byte)Math.Clamp(Math.Round(Mean[value % 3] + (Deviation[value % 3] * random.NextNormal())), 0, 255);
        }
    }
}
