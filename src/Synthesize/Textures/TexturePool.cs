using Unreel.Synthesize.Rendering;

namespace Unreel.Synthesize.Textures;

/// <summary>Numbered square images, each of one or more frames, ready to be drawn from. Safe for many threads.</summary>
internal abstract class TexturePool : IDisposable
{
    /// <summary>What the images are.</summary>
    public abstract TextureFamily Family { get; }

    /// <summary>The number of textures.</summary>
    public abstract int Count { get; }

    /// <summary>Frames of each texture, 1 where they do not change.</summary>
    public abstract int Frames { get; }

    /// <summary>Texels a side.</summary>
    public abstract int Side { get; }

    /// <summary>The texels [row, column, channel] of one frame of a texture.</summary>
    public abstract ReadOnlySpan<byte> Texels(int texture, int frame);

    /// <summary>
    /// The frame of a texture that a frame of a video shows. A texture with fewer frames is played to and fro, so that it
    /// never jumps.
    /// </summary>
    public int FrameAt(int frame)
    {
        if (Frames == 1)
            return 0;

        int place = frame % ((2 * Frames) - 2);
        return place < Frames ? place : (2 * Frames) - 2 - place;
    }

    /// <summary>A frame of a texture as it lies on the canvas.</summary>
    public TexturePatch Patch(int texture, int frame, TextureMap map) => new(Texels(texture, FrameAt(frame)), Side, map);

    /// <inheritdoc/>
    public void Dispose()
    {
        Dispose(disposing: true);
        GC.SuppressFinalize(this);
    }

    /// <summary>Lets go of what the pool holds.</summary>
    /// <param name="disposing">Whether it is asked to, rather than found by the collector.</param>
    protected virtual void Dispose(bool disposing)
    {
    }
}
