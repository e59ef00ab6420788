namespace Unreel.Video;

/// <summary>A width and a height in pixels.</summary>
public readonly record struct FrameSize(int Width, int Height)
{
    /// <summary>Returns e.g. <c>320x240</c>.</summary>
    public override string ToString() => $"{Width}x{Height}";
}

/// <summary>Frames in memory: 8-bit RGB, laid out [frame, row, column, channel] without padding.</summary>
public sealed class Clip
{
    /// <summary>Makes a clip of <paramref name="frames"/> black frames.</summary>
    public Clip(int frames, FrameSize size)
        : this(frames, size, new byte[checked(frames * size.Width * size.Height * 3)])
    {
    }

    /// <summary>Wraps pixels that are laid out as a clip.</summary>
    /// <exception cref="ArgumentException">The number of bytes is not frames x height x width x 3.</exception>
    public Clip(int frames, FrameSize size, byte[] pixels)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(frames, 1);
        if (pixels.Length != checked(frames * size.Width * size.Height * 3))
            throw new ArgumentException($"{frames} frames of {size} RGB have {(long)frames * size.Width * size.Height * 3} bytes, not {pixels.Length}.", nameof(pixels));

        (Frames, Size, Pixels) = (frames, size, pixels);
    }

    /// <summary>The number of frames.</summary>
    public int Frames { get; }

    /// <summary>Width and height of every frame.</summary>
    public FrameSize Size { get; }

    /// <summary>All bytes, [frame, row, column, channel].</summary>
    public byte[] Pixels { get; }

    /// <summary>The bytes of one frame.</summary>
    public int FrameBytes => Size.Width * Size.Height * 3;

    /// <summary>One frame's bytes, [row, column, channel].</summary>
    public Span<byte> Frame(int index) => Pixels.AsSpan(index * FrameBytes, FrameBytes);
}
