using Unreel.Video;

namespace Unreel.Synthesize.Textures.Statistical;

/// <summary>
/// Makes statistical textures: noise that is given, again and again, the properties of natural pictures that its family
/// names (Baradad et al. 2021). The three channels are axes of colour until the end.
/// </summary>
internal sealed class StatisticalPainter : TexturePainter
{
    private const int Pixels = Side * Side;
    private const int Channels = 3;
    private const int Rounds = 10;
    private readonly bool _spectrum;
    private readonly bool _colour;
    private readonly bool _wavelet;
    private readonly float[][] _planes = [.. Enumerable.Range(0, Channels + 1).Select(_ => new float[Pixels])];
    private readonly Fourier _fourier = new(Side);
    private readonly SteerablePyramid _pyramid;
    private readonly HistogramMatch _match = new();
    private readonly SpectrumModel _spectrumModel = new(Side);
    private readonly ColourModel _colourModel = new(Side);
    private readonly WaveletModel _waveletModel;
    private readonly BandEdit _editPair;
    private readonly BandEdit _editLast;

    /// <param name="family">One of the statistical families.</param>
    /// <exception cref="ArgumentException">The family is not statistical.</exception>
    public StatisticalPainter(TextureFamily family)
    {
        (_spectrum, _colour, _wavelet) = family switch
        {
            TextureFamily.Spectrum => (true, false, false),
            TextureFamily.SpectrumColour => (true, true, false),
            TextureFamily.Wavelet => (false, false, true),
            TextureFamily.SpectrumColourWavelet => (true, true, true),
            _ => throw new ArgumentException($"{family} is not a family of statistical textures, which are Spectrum, SpectrumColour, Wavelet and SpectrumColourWavelet.", nameof(family)),
        };
        _pyramid = new SteerablePyramid(SteerableFilters.Shared, Side, _fourier);
        _waveletModel = new WaveletModel(Channels, SteerableFilters.Shared.Levels, _match);
        _editPair = _waveletModel.Apply;
        _editLast = (_, band, values) => _waveletModel.Apply(Channels - 1, band, values);
    }

    /// <inheritdoc/>
    /// <exception cref="ArgumentException"><paramref name="pixels"/> is not one frame.</exception>
    public override void Draw(ulong seed, int index, Span<byte> pixels)
    {
        if (pixels.Length != Pixels * Channels)
            throw new ArgumentException($"A statistical texture has one frame of {Pixels * Channels} bytes, and there is room for {pixels.Length}.", nameof(pixels));

        DrawModels(seed, (ulong)index);
        var random = new RandomStream(seed, "textures.statistical.start", (ulong)index);
        for (int channel = 0; channel < Channels; channel++)
        {
            foreach (ref float value in _planes[channel].AsSpan())
                value = random.NextUInt32() * (256f / (1ul << 32));
        }

        // Once a picture has its spectrum alone, giving it again changes nothing.
        for (int round = 0; round < (_colour || _wavelet ? Rounds : 1); round++)
            Improve();
        _colourModel.Axes.Restore(_planes);
        Write(pixels);
    }

    private void DrawModels(ulong seed, ulong index)
    {
        // The axes of colour are needed even where the colours are not.
        var random = new RandomStream(seed, "textures.statistical.color", index);
        _colourModel.Draw(ref random, _planes);
        random = new RandomStream(seed, "textures.statistical.spectrum", index);
        if (_spectrum)
            _spectrumModel.Draw(ref random);
        random = new RandomStream(seed, "textures.statistical.wavelet", index);
        if (_wavelet)
            _waveletModel.Draw(ref random);
    }

    private void Improve()
    {
        (float[] first, float[] second, float[] third, float[] none) = (_planes[0], _planes[1], _planes[2], _planes[3]);
        Span<double> deviations = stackalloc double[Channels];
        for (int channel = 0; channel < Channels; channel++)
            deviations[channel] = PlaneMath.Moments(_planes[channel]).Deviation;
        none.AsSpan().Clear();
        _fourier.Transform(first, second);
        _fourier.Transform(third, none);
        if (_spectrum)
        {
            _spectrumModel.Impose(first, second, deviations[0], deviations[1]);
            _spectrumModel.Impose(third, none, deviations[2], null);
        }

        if (_wavelet)
        {
            _pyramid.EditTwo(first, second, _editPair);
            _pyramid.EditOne(third, none, _editLast);
        }

        _fourier.Transform(second, first);
        _fourier.Transform(none, third);
        foreach (float[] plane in _planes.AsSpan(0, Channels))
            PlaneMath.Scale(plane, 1f / Pixels);
        for (int channel = 0; channel < (_colour ? Channels : 0); channel++)
            _match.Apply(_planes[channel], _colourModel.Histograms[channel]);
    }

    /// <summary>Spreads the three channels together over 0..255.</summary>
    private void Write(Span<byte> pixels)
    {
        (float low, float high) = PlaneMath.Range(_planes.AsSpan(0, Channels));
        float factor = 255 / (high - low);
        for (int channel = 0; channel < Channels; channel++)
        {
            float[] plane = _planes[channel];
            for (int i = 0; i < plane.Length; i++)
                pixels[(i * Channels) + channel] = (byte)(((plane[i] - low) * factor) + 0.5f);
        }
    }
}
