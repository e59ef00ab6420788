namespace Unreel.Video;

/// <summary>Puts frames into the views they belong to.</summary>
internal sealed class ViewCutter(ClipPreparation preparation, int[][] clips, ViewSet views) : IDisposable
{
    private readonly SquareCutter _cutter = new(preparation);

    /// <summary>Cuts every square of one frame and puts it wherever a clip shows that frame.</summary>
    public void Cut(int number, ReadOnlySpan<byte> rgb, FrameSize size)
    {
        int bytes = _cutter.Bytes;
        for (int crop = 0; crop < preparation.Crops; crop++)
        {
            int made = -1;
            for (int clip = 0; clip < clips.Length; clip++)
            {
                for (int frame = 0; frame < views.Frames; frame++)
                {
                    if (clips[clip][frame] != number)
                        continue;

                    int place = (((clip * preparation.Crops) + crop) * views.Frames) + frame;
                    if (made < 0)
                        _cutter.Cut(crop, rgb, size, views.Pixels.AsSpan(place * bytes, bytes));
                    else
                        views.Pixels.AsSpan(made * bytes, bytes).CopyTo(views.Pixels.AsSpan(place * bytes));
                    made = place;
                }
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _cutter.Dispose();
}
