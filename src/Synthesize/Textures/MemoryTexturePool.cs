namespace Unreel.Synthesize.Textures;

/// <summary>A small pool in memory, for a look and for measurements.</summary>
/// <param name="family">What the images are.</param>
/// <param name="side">Texels a side.</param>
/// <param name="frames">Frames of each texture.</param>
/// <param name="textures">[frame, row, column, channel] of each.</param>
internal sealed class MemoryTexturePool(TextureFamily family, int side, int frames, IReadOnlyList<byte[]> textures) : TexturePool
{
    /// <inheritdoc/>
    public override TextureFamily Family => family;

    /// <inheritdoc/>
    public override int Count => textures.Count;

    /// <inheritdoc/>
    public override int Frames => frames;

    /// <inheritdoc/>
    public override int Side => side;

    /// <inheritdoc/>
    public override ReadOnlySpan<byte> Texels(int texture, int frame)
    {
        int bytes = side * side * 3;
        return textures[texture].AsSpan(frame * bytes, bytes);
    }
}
