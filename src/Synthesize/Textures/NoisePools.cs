using System.Runtime.InteropServices;
using Unreel.Video;

namespace Unreel.Synthesize.Textures;

/// <summary>Pools of noise for measurements: what texels show does not matter to the time, how much memory they lie in does.</summary>
internal sealed class NoisePools
{
    private const int Frames = 16;
    private readonly List<byte[]> _textures = [];

    /// <summary>Makes the noise.</summary>
    /// <param name="textures">Single images; a texture that changes takes 16 of them.</param>
    public NoisePools(int textures)
    {
        RandomStream random = new(0, "bench.texels", 0);
        for (int i = 0; i < textures; i++)
        {
            byte[] texels = new byte[TexturePainter.Side * TexturePainter.Side * 3];
            foreach (ref uint word in MemoryMarshal.Cast<byte, uint>(texels.AsSpan()))
                word = random.NextUInt32();

            _textures.Add(texels);
        }
    }

    /// <summary>What a recipe needs.</summary>
    public SynthesisMaterial For(SynthesisRecipe recipe) => new(recipe, [.. recipe.Videos!.Textures.Select(Pool)], null);

    private Noise Pool(TextureSource source) => new(source.Family, source.Dynamic ? Frames : 1, _textures);

    // A texture that changes is a row of single images.
    private sealed class Noise(TextureFamily family, int frames, List<byte[]> images) : TexturePool
    {
        public override TextureFamily Family => family;

        public override int Count => images.Count / frames;

        public override int Frames => frames;

        public override int Side => TexturePainter.Side;

        public override ReadOnlySpan<byte> Texels(int texture, int frame) => images[(texture * frames) + frame];
    }
}
