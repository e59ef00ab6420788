namespace Unreel.Synthesize.Textures.Stylegan;

/// <summary>One 3x3 convolution of the generator.</summary>
/// <param name="Index">Its place, from 0. Even ones end a block: their output also goes into the image.</param>
/// <param name="Side">The side of its output in pixels.</param>
/// <param name="Inputs">Its input channels.</param>
/// <param name="Outputs">Its output channels.</param>
internal readonly record struct StyleganLayer(int Index, int Side, int Inputs, int Outputs)
{
    /// <summary>Whether the output has twice the input's side.</summary>
    public bool Upsamples => Index % 2 == 1;

    /// <summary>Whether colours are taken from the output.</summary>
    public bool EndsBlock => Index % 2 == 0;

    /// <summary>The block, from 0 at 4x4.</summary>
    public int Block => (Index + 1) / 2;
}

/// <summary>The sizes of a StyleGAN2-ADA skip generator (Karras et al. 2020) for 256x256 pixels.</summary>
internal static class StyleganShape
{
    /// <summary>The length of one style input.</summary>
    public const int Latent = 512;

    /// <summary>The side of the constant that the network starts from.</summary>
    public const int FirstSide = 4;

    /// <summary>Elements of a 3x3 kernel.</summary>
    public const int Taps = 9;

    /// <summary>Blocks, of sides 4 to 256.</summary>
    public const int Blocks = 7;

    /// <summary>The most channels a layer has.</summary>
    public const int MostChannels = 512;

    /// <summary>Bytes of one image.</summary>
    public const int FrameBytes = 3 * TexturePainter.Side * TexturePainter.Side;

    /// <summary>Channels of each block's output.</summary>
    public static ReadOnlySpan<int> Channels => [512, 512, 512, 512, 512, 256, 128];

    /// <summary>The thirteen convolutions.</summary>
    public static IReadOnlyList<StyleganLayer> Layers { get; } = [.. MakeLayers()];

    /// <summary>Style inputs: one a layer, and one for the last colours; other colours share that of the next layer.</summary>
    public static int StyleInputs => Layers.Count + 1;

    private static IEnumerable<StyleganLayer> MakeLayers()
    {
        for (int index = 0; index < (2 * Blocks) - 1; index++)
        {
            int block = (index + 1) / 2;
            yield return new StyleganLayer(index, FirstSide << block, Channels[index / 2], Channels[block]);
        }
    }
}
