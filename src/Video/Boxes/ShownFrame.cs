using System.Buffers;

namespace Unreel.Video.Boxes;

/// <summary>Makes frames as they are stored into frames as they are shown: square pixels, and one size where it changes within a video.</summary>
internal sealed class ShownFrame(FrameSize size) : IDisposable
{
    private byte[] _shown = [];
    private FrameSize _stored;
    private ResizePlan? _plan;

    /// <summary>The frame as it is shown; where nothing is to be done, the very bytes that came.</summary>
    public ReadOnlySpan<byte> Of(ReadOnlySpan<byte> rgb, FrameSize stored)
    {
        if (stored == size)
            return rgb;

        if (_shown.Length == 0)
            _shown = ArrayPool<byte>.Shared.Rent(checked(size.Width * size.Height * 3));
        if (_plan is null || stored != _stored)
        {
            _plan?.Dispose();
            _plan = ResizePlan.Create(stored, CropBox.Whole(stored), size);
            _stored = stored;
        }

        Span<byte> shown = _shown.AsSpan(0, size.Width * size.Height * 3);
        _plan.Apply(rgb, shown);
        return shown;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _plan?.Dispose();
        if (_shown.Length > 0)
            ArrayPool<byte>.Shared.Return(_shown);
        _shown = [];
    }
}
