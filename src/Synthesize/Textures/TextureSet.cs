using Unreel.Synthesize.Rendering;
using Unreel.Synthesize.Scenes;
using Unreel.Video;

namespace Unreel.Synthesize.Textures;

/// <summary>All the pools of a preset, and the choice among their textures.</summary>
internal sealed class TextureSet
{
    private readonly TexturePool[] _pools;
    private readonly int[] _available;
    private readonly double[] _shares;

    /// <summary>Joins the pools of a preset.</summary>
    /// <param name="sources">The sources of the preset.</param>
    /// <param name="pools">A pool for each.</param>
    /// <exception cref="VideoException">A pool is missing, of another family, or does not move where it should.</exception>
    public TextureSet(IReadOnlyList<TextureSource> sources, IReadOnlyList<TexturePool> pools)
    {
        if (sources.Count != pools.Count)
            throw new VideoException($"The preset draws textures from {sources.Count} pools; expected as many, found {pools.Count}.");

        for (int i = 0; i < sources.Count; i++)
            Check(sources[i], pools[i], i);

        _pools = [.. pools];
        _available = [.. sources.Zip(pools, (source, pool) => Math.Min(source.Count, pool.Count))];
        double all = sources.Sum(source => (double)source.Count), sum = 0;
        _shares = [.. sources.Select(source => (sum += source.Count) / all)];
        IsStill = !sources.Any(source => source.Dynamic);
    }

    /// <summary>Whether no texture changes from frame to frame.</summary>
    public bool IsStill { get; }

    /// <summary>The number of textures that are drawn from, of all pools.</summary>
    public int Count => _available.Sum();

    /// <summary>Draws a texture: always two numbers.</summary>
    public TextureChoice Draw(ref RandomStream random)
    {
        double which = Uniform.Next(ref random), texture = Uniform.Next(ref random);
        int pool = 0;
        while (pool < _shares.Length - 1 && which >= _shares[pool])
            pool++;

        return new TextureChoice(pool, (int)(texture * _available[pool]));
    }

    /// <summary>Texels a side of a texture.</summary>
    public int Side(TextureChoice choice) => _pools[choice.Pool].Side;

    /// <summary>A texture as a frame shows it.</summary>
    public TexturePatch Patch(TextureChoice choice, int frame, TextureMap map) => _pools[choice.Pool].Patch(choice.Texture, frame, map);

    private static void Check(TextureSource source, TexturePool pool, int index)
    {
        if (source.Family != pool.Family)
            throw new VideoException($"textures[{index}]: expected a pool of family {Kebab.Of(source.Family)}, found one of {Kebab.Of(pool.Family)}. Pools come in the order of the preset's textures.");
        if (source.Dynamic && pool.Frames == 1)
            throw new VideoException($"textures[{index}]: the preset's textures change from frame to frame, and this pool has one frame of each; make one with 'frames' above 1.");
        if (!source.Dynamic && pool.Frames > 1)
            throw new VideoException($"textures[{index}]: the preset's textures do not change, and this pool has {pool.Frames} frames of each; make one with one.");
    }
}

/// <summary>One texture of a set.</summary>
/// <param name="Pool">Which pool.</param>
/// <param name="Texture">Which texture of it.</param>
internal readonly record struct TextureChoice(int Pool, int Texture);
