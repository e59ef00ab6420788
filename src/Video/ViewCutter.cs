namespace Unreel.Video;

/// <summary>Puts frames into the views they belong to.</summary>
internal sealed class ViewCutter(ClipPreparation preparation, int[][] clips, ViewSet views) : IDisposable
{
    private readonly ResizePlan?[] _plans = new ResizePlan?[preparation.Crops];
    private FrameSize _size;

    /// <summary>Cuts every square of one frame and puts it wherever a clip shows that frame.</summary>
    public void Cut(int number, ReadOnlySpan<byte> rgb, FrameSize size)
    {
        if (_size != size)
            Plan(size);

        int bytes = views.Size * views.Size * 3;
        for (int crop = 0; crop < _plans.Length; crop++)
        {
            int made = -1;
            for (int clip = 0; clip < clips.Length; clip++)
            {
                for (int frame = 0; frame < views.Frames; frame++)
                {
                    if (clips[clip][frame] != number)
                        continue;

                    int place = (((clip * _plans.Length) + crop) * views.Frames) + frame;
                    if (made < 0)
                        _plans[crop]!.Apply(rgb, views.Pixels.AsSpan(place * bytes, bytes));
                    else
                        views.Pixels.AsSpan(made * bytes, bytes).CopyTo(views.Pixels.AsSpan(place * bytes));
                    made = place;
                }
            }
        }
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
        var square = new FrameSize(views.Size, views.Size);
        for (int crop = 0; crop < _plans.Length; crop++)
            _plans[crop] = ResizePlan.Create(size, CropBox.Square(size, shortSide, views.Size, crop, _plans.Length), square);
    }
}
