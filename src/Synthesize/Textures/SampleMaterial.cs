using Unreel.Synthesize.Textures;
using Unreel.Video;

namespace Unreel.Synthesize;

/// <summary>A few textures in memory, made for a look at a preset or for a measurement; and real videos where the preset has some.</summary>
/// <param name="images">The folder of pictures for presets that draw from some; null where there is none.</param>
/// <param name="real">The folder of real videos for presets that have some; null where there is none.</param>
/// <param name="textures">How many textures to make of each kind.</param>
public sealed class SampleMaterial(string? images, string? real, int textures = 32)
{
    private const int Frames = 16;
    private readonly Dictionary<(TextureFamily Family, bool Dynamic), MemoryTexturePool> _pools = [];

    /// <summary>Makes what a recipe needs; what was made for another is used again.</summary>
    /// <exception cref="VideoException">Pictures or videos are needed, and there are none.</exception>
    internal SynthesisMaterial For(SynthesisRecipe recipe, CancellationToken ct)
    {
        TexturePool[] pools = [.. (recipe.Videos?.Textures ?? []).Select(source => Pool(source, recipe.Name, ct))];
        if (recipe.Videos is not { RealShare: > 0 })
            return new SynthesisMaterial(recipe, pools, null);

        return new SynthesisMaterial(recipe, pools, ClipDataset.Open(real ?? throw new VideoException($"{recipe.Name}: a share of its videos are real ones; expected a folder of videos (--real)."), []));
    }

    private MemoryTexturePool Pool(TextureSource source, string preset, CancellationToken ct)
    {
        if (!_pools.TryGetValue((source.Family, source.Dynamic), out MemoryTexturePool? pool))
            _pools[(source.Family, source.Dynamic)] = pool = source.Family == TextureFamily.Images ? Pictures(preset, ct) : Draw(source, ct);

        return pool;
    }

    private MemoryTexturePool Draw(TextureSource source, CancellationToken ct)
    {
        int frames = source.Dynamic ? Frames : 1, count = source.Dynamic ? Math.Max(1, textures / 4) : textures;
        using TexturePainter painter = TexturePainters.Synthetic(source.Family, TexturesOptions.SmoothStep);
        return Make(source.Family, TexturePainter.Side, frames, count, painter, ct);
    }

    private MemoryTexturePool Pictures(string preset, CancellationToken ct)
    {
        string folder = images ?? throw new VideoException($"{preset}: its textures are pictures; expected a folder of them (--images).");
        IReadOnlyList<string> files = PicturePainter.Choose(folder, null, 0);
        using PicturePainter painter = new(files, TexturePainter.Side);
        return Make(TextureFamily.Images, TexturePainter.Side, 1, Math.Min(textures, files.Count), painter, ct);
    }

    private static MemoryTexturePool Make(TextureFamily family, int side, int frames, int count, TexturePainter painter, CancellationToken ct)
    {
        List<byte[]> made = [];
        for (int i = 0; i < count; i++)
        {
            ct.ThrowIfCancellationRequested();
            made.Add(new byte[frames * side * side * 3]);
            painter.Draw(0, i, made[i]);
        }

        return new MemoryTexturePool(family, side, frames, made);
    }
}
