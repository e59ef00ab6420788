namespace Unreel.Video;

/// <summary>An open video that gives frames by number, wherever it is decoded. For one thread at a time.</summary>
public interface IFrameReader
{
    /// <summary>What the video is.</summary>
    VideoInfo Info { get; }

    /// <summary>Shows frames one after the other, at <see cref="VideoInfo.Size"/>, so that no more than a few are held.</summary>
    /// <remarks><paramref name="last"/>: these are the last that the reader is asked for, which may save decoding beyond them; more can be asked for, at a price.</remarks>
    internal void Visit(ReadOnlySpan<int> frames, FrameVisitor visitor, CancellationToken ct, bool last = false);
}
