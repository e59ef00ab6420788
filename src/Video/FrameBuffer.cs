using System.Buffers;

namespace Unreel.Video;

/// <summary>Room for one frame as it is stored and, where that differs in size, as it is shown.</summary>
internal sealed class FrameBuffer(FrameSize shownSize) : IDisposable
{
    private byte[] _stored = [];
    private byte[] _shown = [];
    private FrameSize _storedSize;
    private ResizePlan? _plan;

    /// <summary>The frame at the size it is shown in.</summary>
    public ReadOnlySpan<byte> Shown => (_storedSize == shownSize ? _stored : _shown).AsSpan(0, Bytes(shownSize));

    /// <summary>Gives room for a stored frame of <paramref name="size"/>.</summary>
    public Span<byte> Rent(FrameSize size)
    {
        if (size != _storedSize)
        {
            _plan?.Dispose();
            _plan = null;
            _storedSize = size;
        }

        Ensure(ref _stored, Bytes(size));
        return _stored.AsSpan(0, Bytes(size));
    }

    /// <summary>Makes what is shown out of what is stored: square pixels, and one size where it changes within a video.</summary>
    public void MakeSquare()
    {
        if (_storedSize == shownSize)
            return;

        Ensure(ref _shown, Bytes(shownSize));
        _plan ??= ResizePlan.Create(_storedSize, CropBox.Whole(_storedSize), shownSize);
        _plan.Apply(_stored.AsSpan(0, Bytes(_storedSize)), _shown.AsSpan(0, Bytes(shownSize)));
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _plan?.Dispose();
        foreach (byte[] buffer in (byte[][])[_stored, _shown])
            if (buffer.Length > 0)
                ArrayPool<byte>.Shared.Return(buffer);
        (_stored, _shown) = ([], []);
    }

    private static int Bytes(FrameSize size) => checked(size.Width * size.Height * 3);

    private static void Ensure(ref byte[] buffer, int length)
    {
        if (buffer.Length >= length)
            return;

        if (buffer.Length > 0)
            ArrayPool<byte>.Shared.Return(buffer);
        buffer = ArrayPool<byte>.Shared.Rent(length);
    }
}
