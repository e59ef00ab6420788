namespace Unreel.Video;

/// <summary>How a video of any length is cut into windows: parts of one clip each, at even distances, the last one ending with the video.</summary>
public sealed class WindowPlan
{
    private readonly ClipPreparation _preparation;
    private readonly int _frameCount, _span;
    private readonly double _hop;

    /// <summary>Plans the windows of a video.</summary>
    /// <param name="preparation">How the model wants a clip; of its <see cref="ClipPreparation.Clips"/> one.</param>
    /// <param name="frameCount">Frames of the video, at least 1.</param>
    /// <param name="hop">Frames from one window's start to the next one's, at least 1, not always a whole number: a window begins at the frame nearest to its turn; null for windows without overlap.</param>
    public WindowPlan(ClipPreparation preparation, int frameCount, double? hop)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(frameCount, 1);
        _preparation = preparation with { Clips = 1 };
        _preparation.Validate();
        // Windows of evenly spread frames have no length of their own: they take what a stride of theirs would.
        _span = Math.Min(preparation.Frames * preparation.Stride, frameCount);
        _hop = hop ?? _span;
        ArgumentOutOfRangeException.ThrowIfLessThan(_hop, 1, nameof(hop));
        _frameCount = frameCount;
        // What is a whole number but for rounding needs no window more.
        Count = 1 + (int)Math.Ceiling(((frameCount - _span) / _hop) - 1e-6);
    }

    /// <summary>How many windows there are, at least 1.</summary>
    public int Count { get; }

    /// <summary>The first frame of a window.</summary>
    public int First(int window) => (int)Math.Min(Math.Round(window * _hop), _frameCount - _span);

    /// <summary>The last frame of a window.</summary>
    public int Last(int window) => First(window) + _span - 1;

    /// <summary>The frames a model looks at in a window, ascending.</summary>
    public int[] Frames(int window)
    {
        int first = First(window);
        return Array.ConvertAll(_preparation.Indices(_span, 0), frame => first + frame);
    }

    /// <summary>Reads a window.</summary>
    /// <exception cref="VideoException">A frame is damaged.</exception>
    public ViewSet Read(IFrameReader reader, int window, CancellationToken ct) =>
        _preparation.Read([Frames(window)], (frames, visitor) => reader.Visit(frames, (position, rgb) => visitor(position, rgb, reader.Info.Size), ct));

    /// <summary>
    /// Reads all windows in one pass, in order, as they are asked for. A frame that several windows look at is decoded and cut once; only frames that a window
    /// still waits for are kept, cut to the model's size.
    /// </summary>
    /// <exception cref="VideoException">A frame is damaged: after the windows before it.</exception>
    public IEnumerable<ViewSet> Read(IFrameReader reader, CancellationToken ct)
    {
        using var pass = new WindowPass(this, _preparation);
        for (int window = 0; window < Count; window++)
            yield return pass.Read(reader, window, ct);
    }
}
