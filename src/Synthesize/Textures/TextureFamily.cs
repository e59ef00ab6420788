namespace Unreel.Synthesize;

/// <summary>
/// Kinds of texture images. The synthetic ones are those of "Learning to see by looking at noise" (Baradad et al. 2021):
/// statistical images with some of three properties of natural ones, and images of StyleGAN2 networks that were never trained.
/// </summary>
public enum TextureFamily
{
    /// <summary>Statistical: the spectrum of natural images, and nothing else.</summary>
    Spectrum,

    /// <summary>Statistical: spectrum and colour histogram.</summary>
    SpectrumColour,

    /// <summary>Statistical: marginals of wavelet coefficients.</summary>
    Wavelet,

    /// <summary>Statistical: spectrum, colour histogram and wavelet marginals, the paper's "statistical textures".</summary>
    SpectrumColourWavelet,

    /// <summary>Untrained StyleGAN with independent weights.</summary>
    StyleganRandom,

    /// <summary>Untrained StyleGAN with wavelet kernels and noise of its own in every layer.</summary>
    StyleganHighFrequency,

    /// <summary>Untrained StyleGAN with wavelet kernels and noise under an envelope.</summary>
    StyleganSparse,

    /// <summary>Untrained StyleGAN with few oriented kernels a layer, the paper's StyleGAN.</summary>
    StyleganOriented,

    /// <summary>Pictures of a folder.</summary>
    Images,
}
