namespace Unreel.Video;

/// <summary>A source that can show frames together with the motion vectors that they were coded with.</summary>
internal interface IVectorVisits
{
    /// <summary>
    /// Calls <paramref name="visitor"/> for every frame asked for, at the video's display size. A frame without vectors, as those that are
    /// coded alone, comes with those of the next that has some, if that lies before the next one asked for: they tell how what it shows goes on.
    /// </summary>
    void Visit(int index, ReadOnlySpan<int> frames, MovingFrameVisitor visitor, CancellationToken ct);

    /// <summary>Says why a video has no motion vectors to give; null where it has.</summary>
    /// <exception cref="VideoException">It cannot be read.</exception>
    string? WhyNoVectors(int index, CancellationToken ct);
}

/// <summary>Receives one frame, its size and its motion vectors: null where neither it nor those up to the next one asked for have some. All are valid during the call.</summary>
internal delegate void MovingFrameVisitor(int position, ReadOnlySpan<byte> rgb, FrameSize size, VectorGrid? vectors);
