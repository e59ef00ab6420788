namespace Unreel.Video;

/// <summary>
/// The one description of how a video becomes model input, and the one code that does it: evaluation, scoring and serving
/// all read through here. Frames are chosen, the short side is resized, squares are cut (both in one step of
/// <see cref="Resizer"/>), bytes are left as they are: normalisation belongs to the model.
/// </summary>
public sealed partial record ClipPreparation
{
    /// <summary><see cref="Sampling"/>: frames <see cref="Stride"/> apart.</summary>
    public const string StrideSampling = "stride";

    /// <summary><see cref="Sampling"/>: frames spread evenly over the whole video; suits short clips.</summary>
    public const string SegmentSampling = "segments";

    private const string Bilinear = "bilinear";
    private const string TaggedColor = "rgb-bt601-or-709-as-tagged";

    /// <summary>Frames a view, 1 to 1024.</summary>
    public required int Frames { get; init; }

    /// <summary>Steps between frames, 1 to 1024; not used by <see cref="SegmentSampling"/>.</summary>
    public required int Stride { get; init; }

    /// <summary>Side of the square frames, 8 to 4096.</summary>
    public required int Size { get; init; }

    /// <summary><see cref="StrideSampling"/> (default) or <see cref="SegmentSampling"/>.</summary>
    public string Sampling { get; init; } = StrideSampling;

    /// <summary>Clips in time, spread evenly, 1 to 64. Default 1, the middle.</summary>
    public int Clips { get; init; } = 1;

    /// <summary>Squares in space, 1 to 16. Default 1, the centre; 3 are spread along the long side.</summary>
    public int Crops { get; init; } = 1;

    /// <summary>What the short side is resized to before squares are cut, at least <see cref="Size"/>; 0 (default) for <see cref="Size"/>.</summary>
    public int ShortSide { get; init; }

    /// <summary>How pixels are resized: <c>bilinear</c>, antialiased; see <see cref="Resizer"/>.</summary>
    public string Interpolation { get; init; } = Bilinear;

    /// <summary>What the bytes mean: full-range RGB, converted as the video is tagged; see <see cref="VideoReader"/>.</summary>
    public string Color { get; init; } = TaggedColor;

    /// <summary>Views a video: clips x crops.</summary>
    public int Views => Clips * Crops;

    /// <summary>Reads all views of one video of a source.</summary>
    /// <exception cref="VideoException">The video cannot be read, or this description asks for what is not known.</exception>
    public ViewSet Read(IClipSource source, int index, CancellationToken ct) =>
        Read(source.FrameCount(index), (int[] frames, SizedFrameVisitor visitor) => FrameVisits.Visit(source, index, frames, visitor, ct));

    /// <summary>Reads all views of an open video.</summary>
    /// <inheritdoc cref="Read(IClipSource, int, CancellationToken)"/>
    public ViewSet Read(IFrameReader reader, CancellationToken ct) =>
        Read(reader.Info.FrameCount, (int[] frames, SizedFrameVisitor visitor) => reader.Visit(frames, (position, rgb) => visitor(position, rgb, reader.Info.Size), ct));

    /// <summary>The frame numbers of one clip of a video of <paramref name="frameCount"/> frames.</summary>
    public int[] Indices(int frameCount, int clip) => Sampling == SegmentSampling
        ? FrameIndices.Segments(frameCount, Frames, clip, Clips)
        : FrameIndices.Test(frameCount, Frames, Stride, clip, Clips);

    private ViewSet Read(int frameCount, Action<int[], SizedFrameVisitor> visit)
    {
        Validate();
        return Read([.. Enumerable.Range(0, Clips).Select(clip => Indices(frameCount, clip))], visit);
    }

    /// <summary>Cuts the views of clips whose frames are given.</summary>
    internal ViewSet Read(int[][] clips, Action<int[], SizedFrameVisitor> visit)
    {
        int[] wanted = [.. clips.SelectMany(static clip => clip).Distinct().Order()];
        var views = new ViewSet(new byte[checked(clips.Length * Crops * Frames * Size * Size * 3)], clips.Length * Crops, Frames, Size);
        using var cutter = new ViewCutter(this, clips, views);
        visit(wanted, (position, rgb, size) => cutter.Cut(wanted[position], rgb, size));
        return views;
    }
}
