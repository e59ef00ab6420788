using System.Runtime.Intrinsics;
using Unreel.Synthesize.Textures.Stylegan;
using Unreel.Video;

namespace Unreel.Synthesize.Textures;

/// <summary>
/// Textures of untrained StyleGAN2 networks with wavelet kernels (Baradad et al. 2021): oriented, high-frequency and sparse ones. The
/// network runs by an exact shortcut, in plain additions and multiplications whose order is fixed: the bytes are the same on every machine.
/// </summary>
/// <param name="family">One of the three.</param>
/// <param name="step">What the latent numbers of a dynamic texture move by in a frame; .05 to .1 looks smooth.</param>
internal sealed class StyleganPainter(TextureFamily family, double step = TexturesOptions.SmoothStep) : TexturePainter
{
    private readonly StyleganNetwork _network = new();
    private readonly StyleganDraw _draw = new(Checked(family));
    private readonly Latent _latent = new();
    private readonly CollapsedGenerator _generator = new();
    private readonly string _name = $"{family}";
    private readonly string _imagePurpose = $"{family} image";
    private readonly string _latentPurpose = $"{family} latent";

    /// <inheritdoc/>
    public override void Draw(ulong seed, int index, Span<byte> pixels)
    {
        _network.Load(seed, _name, index);
        var image = new RandomStream(seed, _imagePurpose, (ulong)index);
        var walk = new RandomStream(seed, _latentPurpose, (ulong)index);
        _draw.Load(ref image);
        _latent.Start(ref walk);
        for (int first = 0; first < pixels.Length; first += StyleganShape.FrameBytes)
        {
            if (first > 0)
                _latent.Step(ref walk, step);
            ReadOnlySpan<Vector128<float>> colours = _generator.Run(_network, _draw, _latent.Inputs);
            if (first == 0)
                _draw.Scale.Measure(colours);
            _draw.Scale.Write(colours, pixels.Slice(first, StyleganShape.FrameBytes));
        }
    }

    private static TextureFamily Checked(TextureFamily family) =>
        family is TextureFamily.StyleganOriented or TextureFamily.StyleganHighFrequency or TextureFamily.StyleganSparse
            ? family
            : throw new ArgumentOutOfRangeException(nameof(family), family, "Not an untrained StyleGAN with wavelet kernels.");
}
