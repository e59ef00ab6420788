using Unreel.Video;

namespace Unreel.Synthesize.Textures.Stylegan;

/// <summary>The latent numbers of a texture, and the walk that they take in a dynamic one.</summary>
internal sealed class Latent
{
    private const float Slope = .2f;

    private readonly float[] _numbers = new float[StyleganShape.StyleInputs * StyleganShape.Latent];
    private readonly float[] _steps = new float[StyleganShape.StyleInputs * StyleganShape.Latent];
    private readonly float[] _inputs = new float[StyleganShape.StyleInputs * StyleganShape.Latent];

    /// <summary>The style inputs, [input, element]: the numbers through LeakyReLU(0.2).</summary>
    public ReadOnlySpan<float> Inputs => _inputs;

    /// <summary>Draws the numbers anew.</summary>
    public void Start(ref RandomStream random)
    {
        QuickNormals.Fill(ref random, _numbers);
        Rectify();
    }

    /// <summary>Goes one step of <paramref name="size"/> times standard normal numbers.</summary>
    public void Step(ref RandomStream random, double size)
    {
        QuickNormals.Fill(ref random, _steps);
        for (int i = 0; i < _numbers.Length; i++)
            _numbers[i] += (float)size * _steps[i];
        Rectify();
    }

    private void Rectify()
    {
        for (int i = 0; i < _numbers.Length; i++)
            _inputs[i] = _numbers[i] < 0 ? Slope * _numbers[i] : _numbers[i];
    }
}
