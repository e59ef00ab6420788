namespace Unreel.Video;

/// <summary>An open video that gives frames by number, wherever it is decoded. For one thread at a time.</summary>
public interface IFrameReader
{
    /// <summary>What the video is.</summary>
    VideoInfo Info { get; }

    /// <summary>Shows frames one after the other, at <see cref="VideoInfo.Size"/>, so that no more than a few are held.</summary>
    internal void Visit(ReadOnlySpan<int> frames, FrameVisitor visitor, CancellationToken ct);
}
