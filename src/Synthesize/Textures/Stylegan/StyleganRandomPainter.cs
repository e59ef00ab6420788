using System.Runtime.Intrinsics;
using Unreel.Modeling;
using Unreel.Synthesize.Textures.Stylegan;
using Unreel.Video;

namespace Unreel.Synthesize.Textures;

/// <summary>
/// Textures of untrained StyleGAN2 networks whose weights are independent normal numbers, without noise or biases
/// (Baradad et al. 2021). Images of one network differ in their latent numbers and the scale of their colours.
/// </summary>
/// <remarks>
/// Its convolutions have full rank and run in torch, on one thread: a texture has the same bytes whenever it is drawn on one kind of
/// machine, but its rounding, and so now and then a byte, differs between kinds. What is random is not torch's: it is the same everywhere.
/// </remarks>
/// <param name="step">What the latent numbers of a dynamic texture move by in a frame; .05 to .1 looks smooth.</param>
internal sealed class StyleganRandomPainter(double step = TexturesOptions.SmoothStep) : TexturePainter
{
    private const string Name = nameof(TextureFamily.StyleganRandom);
    private const int FirstLayerTensor = 64;
    private const int FirstColourTensor = 128;

    private readonly StyleganNetwork _styles = new();
    private readonly UntrainedStylegan _network = new(StyleganShape.Channels.ToArray());
    private readonly Latent _latent = new();
    private readonly ColourScale _scale = new();
    private readonly float[][] _layerStyles = [.. StyleganShape.Layers.Select(layer => new float[layer.Inputs])];
    private readonly float[][] _colourStyles = [.. Enumerable.Range(0, StyleganShape.Blocks).Select(block => new float[StyleganShape.Channels[block]])];
    private readonly float[] _planes = new float[3 * Side * Side];
    private readonly Vector128<float>[] _image = new Vector128<float>[Side * Side];

    /// <inheritdoc/>
    public override void Draw(ulong seed, int index, Span<byte> pixels)
    {
        if (_styles.Load(seed, Name, index))
            LoadWeights(seed, index / StyleganNetwork.Images);
        var image = new RandomStream(seed, $"{Name} image", (ulong)index);
        var walk = new RandomStream(seed, $"{Name} latent", (ulong)index);
        StyleganDraw.DrawScale(ref image, _scale);
        _latent.Start(ref walk);
        for (int first = 0; first < pixels.Length; first += StyleganShape.FrameBytes)
        {
            if (first > 0)
                _latent.Step(ref walk, step);
            Run();
            if (first == 0)
                _scale.Measure(_image);
            _scale.Write(_image, pixels.Slice(first, StyleganShape.FrameBytes));
        }
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing)
            _network.Dispose();
        base.Dispose(disposing);
    }

    private void LoadWeights(ulong seed, int number)
    {
        _network.SetConstant(_styles.Constant);
        foreach (StyleganLayer layer in StyleganShape.Layers)
            _network.SetLayer(layer.Index, Draw(layer.Inputs * layer.Outputs * StyleganShape.Taps, FirstLayerTensor + layer.Index));
        for (int block = 0; block < StyleganShape.Blocks; block++)
            _network.SetColours(block, Draw(3 * StyleganShape.Channels[block], FirstColourTensor + block));

        float[] Draw(int length, int tensor)
        {
            float[] values = new float[length];
            StyleganNetwork.Fill(seed, Name, number, tensor, values);
            return values;
        }
    }

    private void Run()
    {
        for (int layer = 0; layer < _layerStyles.Length; layer++)
            _styles.LayerStyles(layer, _latent.Inputs, _layerStyles[layer]);
        for (int block = 0; block < _colourStyles.Length; block++)
            _styles.ColourStyles(block, _latent.Inputs, _colourStyles[block]);
        _network.Run(_layerStyles, _colourStyles, _planes);
        for (int i = 0; i < _image.Length; i++)
            _image[i] = Vector128.Create(_planes[i], _planes[_image.Length + i], _planes[(2 * _image.Length) + i], 0);
    }
}
