using Unreel.Synthesize.Textures.Statistical;

namespace Unreel.Synthesize.Textures;

/// <summary>Makes painters of textures.</summary>
internal static class TexturePainters
{
    /// <summary>A painter of synthetic textures, for one thread.</summary>
    /// <param name="family">Any but pictures.</param>
    /// <param name="step">See <see cref="TexturesOptions.Step"/>.</param>
    public static TexturePainter Synthetic(TextureFamily family, double step) => family switch
    {
        TextureFamily.Spectrum or TextureFamily.SpectrumColour or TextureFamily.Wavelet or TextureFamily.SpectrumColourWavelet => new StatisticalPainter(family),
        TextureFamily.StyleganRandom => new StyleganRandomPainter(step),
        TextureFamily.Images => throw new ArgumentException("Pictures are read, not drawn.", nameof(family)),
        _ => new StyleganPainter(family, step),
    };
}
