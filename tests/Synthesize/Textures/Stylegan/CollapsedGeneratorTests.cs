using System.Runtime.Intrinsics;
using Unreel.Modeling;
using Unreel.Synthesize.Textures.Stylegan;
using Unreel.Video;

namespace Unreel.Synthesize.Tests.Textures.Stylegan;

/// <summary>The shortcut against the whole network with the same weights, at full size.</summary>
public sealed class CollapsedGeneratorTests
{
    private const int Pixels = 256 * 256;

    // Measured: 5e-6 to 2e-5 of the deviation, which is rounding.
    [Theory]
    [InlineData(TextureFamily.StyleganOriented)]
    [InlineData(TextureFamily.StyleganHighFrequency)]
    [InlineData(TextureFamily.StyleganSparse)]
    public void The_shortcut_gives_what_the_whole_network_gives(TextureFamily family)
    {
        var network = new StyleganNetwork();
        var draw = new StyleganDraw(family);
        var latent = new Latent();
        var random = new RandomStream(5, "test", (ulong)family);
        network.Load(5, "test", 0);
        draw.Load(ref random);
        latent.Start(ref random);

        ReadOnlySpan<Vector128<float>> image = new CollapsedGenerator().Run(network, draw, latent.Inputs);
        float[] whole = Whole(network, draw, latent, ref random);

        for (int colour = 0; colour < 3; colour++)
        {
            ReadOnlySpan<float> expected = whole.AsSpan(colour * Pixels, Pixels);
            double deviation = Deviation(expected), furthest = 0;
            for (int i = 0; i < Pixels; i++)
                furthest = Math.Max(furthest, Math.Abs(image[i][colour] - expected[i]));
            Assert.True(furthest < 1e-4 * deviation, $"Colour {colour}: {furthest / deviation:E2} of the deviation.");
        }
    }

    private static float[] Whole(StyleganNetwork network, StyleganDraw draw, Latent latent, ref RandomStream random)
    {
        using var whole = new UntrainedStylegan(StyleganShape.Channels.ToArray());
        whole.SetConstant(network.Constant);
        foreach (StyleganLayer layer in StyleganShape.Layers)
            whole.SetLayer(layer.Index, Weights(draw, layer, ref random), draw.Biases[layer.Index], draw.Noise[layer.Index]);
        for (int block = 0; block < StyleganShape.Blocks; block++)
            whole.SetColours(block, draw.Colours[block]);

        float[][] layerStyles = [.. StyleganShape.Layers.Select(layer => new float[layer.Inputs])];
        foreach (StyleganLayer layer in StyleganShape.Layers)
            network.LayerStyles(layer.Index, latent.Inputs, layerStyles[layer.Index]);
        float[][] colourStyles = [.. StyleganShape.Channels.ToArray().Select(channels => new float[channels])];
        for (int block = 0; block < StyleganShape.Blocks; block++)
            network.ColourStyles(block, latent.Inputs, colourStyles[block]);

        float[] image = new float[3 * Pixels];
        whole.Run(layerStyles, colourStyles, image);
        return image;
    }

    // Weight [o, i] is a normal number times kernel i; demodulation leaves of the number its sign.
    private static float[] Weights(StyleganDraw draw, StyleganLayer layer, ref RandomStream random)
    {
        float[] weights = new float[layer.Outputs * layer.Inputs * StyleganShape.Taps];
        for (int output = 0; output < layer.Outputs; output++)
        {
            float factor = draw.Signs[layer.Index][output] * (.1f + Math.Abs((float)Normals.Next(ref random)));
            for (int input = 0; input < layer.Inputs; input++)
            {
                ReadOnlySpan<float> kernel = draw.Kernel(draw.Kernels[layer.Index][input]);
                for (int tap = 0; tap < StyleganShape.Taps; tap++)
                    weights[(((output * layer.Inputs) + input) * StyleganShape.Taps) + tap] = factor * kernel[tap];
            }
        }

        return weights;
    }

    private static double Deviation(ReadOnlySpan<float> values)
    {
        double sum = 0, squares = 0;
        foreach (float value in values)
            (sum, squares) = (sum + value, squares + ((double)value * value));
        return Math.Sqrt((squares / values.Length) - (sum / values.Length * (sum / values.Length)));
    }
}
