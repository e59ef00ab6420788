using Unreel.Synthesize.Textures;
using Unreel.Video;

namespace Unreel.Synthesize.Tests;

/// <summary>Small pools of noise for presets that draw textures.</summary>
internal static class TestPools
{
    public const int Side = 40, Count = 7, Frames = 5;

    public static IReadOnlyList<TexturePool> For(SynthesisPreset preset) => [.. preset.Textures.Select((source, index) => Make(source, (ulong)index))];

    public static TextureSet? SetFor(SynthesisPreset preset) => preset.Textures.Count == 0 ? null : new TextureSet(preset.Textures, For(preset));

    /// <summary>A source of a preset's videos; real ones are those of <paramref name="real"/>.</summary>
    public static SynthesisSource Open(SynthesisRecipe recipe, IClipSource? real = null) =>
        new(recipe, new SynthesisMaterial(recipe, For(recipe.Videos!), real));

    private static MemoryTexturePool Make(TextureSource source, ulong seed)
    {
        int frames = source.Dynamic ? Frames : 1;
        RandomStream random = new(seed, "test.pool", 0);
        List<byte[]> textures = [];
        for (int i = 0; i < Count; i++)
        {
            byte[] texels = new byte[frames * Side * Side * 3];
            foreach (ref byte texel in texels.AsSpan())
                texel = (byte)random.NextUInt32();

            textures.Add(texels);
        }

        return new MemoryTexturePool(source.Family, Side, frames, textures);
    }
}
