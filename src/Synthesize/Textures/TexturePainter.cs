namespace Unreel.Synthesize.Textures;

/// <summary>Makes textures of one family. It owns the memory that one thread needs: several threads have a painter each.</summary>
internal abstract class TexturePainter : IDisposable
{
    /// <summary>The side of every synthetic texture in pixels.</summary>
    public const int Side = 256;

    /// <summary>Draws one texture, a function of seed and index alone: the same whatever was drawn before.</summary>
    /// <param name="seed">The pool's seed.</param>
    /// <param name="index">Which texture of the pool.</param>
    /// <param name="pixels">Receives [frame, row, column, channel]; as many frames as there is room for, one for a texture that does not change.</param>
    public abstract void Draw(ulong seed, int index, Span<byte> pixels);

    /// <inheritdoc/>
    public void Dispose()
    {
        Dispose(disposing: true);
        GC.SuppressFinalize(this);
    }

    /// <summary>Lets go of what the painter holds.</summary>
    /// <param name="disposing">Whether it is asked to, rather than found by the collector.</param>
    protected virtual void Dispose(bool disposing)
    {
    }
}
