using Unreel.Synthesize.Textures;
using Unreel.Video;

namespace Unreel.Synthesize;

/// <summary>What a recipe needs beyond its numbers: pools of textures and real videos, which lie in folders beside it.</summary>
internal sealed class SynthesisMaterial : IDisposable
{
    /// <summary>The folder of real videos.</summary>
    public const string RealFolder = "real";

    private readonly IReadOnlyList<TexturePool> _pools;

    /// <summary>Holds pools and videos against a recipe. What is given is disposed with this.</summary>
    /// <exception cref="VideoException">Something is missing, superfluous, or of another kind.</exception>
    public SynthesisMaterial(SynthesisRecipe recipe, IReadOnlyList<TexturePool> pools, IClipSource? real)
    {
        SynthesisPreset? preset = recipe.Videos;
        (_pools, Real) = (pools, real);
        Textures = preset is { Textures.Count: > 0 } || pools.Count > 0 ? new TextureSet(preset?.Textures ?? [], pools) : null;
        if (preset is { RealShare: > 0 } != (real is not null))
            throw new VideoException(real is null ? $"{recipe.Name}: a share of its videos are real ones, and none were given." : $"{recipe.Name}: none of its videos are real ones, and some were given.");
    }

    /// <summary>The textures; null where the preset has none.</summary>
    public TextureSet? Textures { get; }

    /// <summary>The real videos; null where the preset has none.</summary>
    public IClipSource? Real { get; }

    /// <summary>The folder of a pool, below the recipe's.</summary>
    public static string PoolFolder(int pool) => $"textures/{pool}";

    /// <summary>Opens what lies beside a recipe.</summary>
    /// <exception cref="VideoException">Something is missing or damaged; the message names it.</exception>
    public static SynthesisMaterial Open(SynthesisRecipe recipe, string folder)
    {
        int pools = recipe.Videos?.Textures.Count ?? 0;
        return Open(
            recipe,
            [.. Enumerable.Range(0, pools).Select(pool => Path.Combine(folder, PoolFolder(pool)))],
            recipe.Videos is { RealShare: > 0 } ? Path.Combine(folder, RealFolder) : null);
    }

    /// <summary>Opens pools and videos wherever they lie.</summary>
    /// <inheritdoc cref="Open(SynthesisRecipe, string)"/>
    public static SynthesisMaterial Open(SynthesisRecipe recipe, IReadOnlyList<string> pools, string? real)
    {
        List<TexturePool> opened = [];
        IClipSource? videos = null;
        try
        {
            opened.AddRange(pools.Select(FileTexturePool.Open));
            videos = real is null ? null : ClipDataset.Open(real, []);
            return new SynthesisMaterial(recipe, opened, videos);
        }
        catch
        {
            opened.ForEach(pool => pool.Dispose());
            videos?.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (TexturePool pool in _pools)
            pool.Dispose();

        Real?.Dispose();
    }
}
