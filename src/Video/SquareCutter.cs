namespace Unreel.Video;

/// <summary>Cuts the squares of a preparation out of frames. For one thread at a time.</summary>
internal sealed class SquareCutter(ClipPreparation preparation) : IDisposable
{
    private readonly ResizePlan?[] _plans = new ResizePlan?[preparation.Crops];
    private FrameSize _size;

    /// <summary>Bytes of a square.</summary>
    public int Bytes => preparation.Size * preparation.Size * 3;

    /// <summary>Cuts one square of a frame, RGB [row, column, channel].</summary>
    public void Cut(int crop, ReadOnlySpan<byte> rgb, FrameSize size, Span<byte> target)
    {
        if (_size != size)
            Plan(size);
        _plans[crop]!.Apply(rgb, target);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (ResizePlan? plan in _plans)
            plan?.Dispose();
    }

    private void Plan(FrameSize size)
    {
        Dispose();
        _size = size;
        int shortSide = preparation.ShortSide == 0 ? preparation.Size : preparation.ShortSide;
        var square = new FrameSize(preparation.Size, preparation.Size);
        for (int crop = 0; crop < _plans.Length; crop++)
            _plans[crop] = ResizePlan.Create(size, CropBox.Square(size, shortSide, preparation.Size, crop, _plans.Length), square);
    }
}
