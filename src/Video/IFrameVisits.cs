namespace Unreel.Video;

/// <summary>A source that can show frames one at a time, so that no clip at full size has to be held.</summary>
internal interface IFrameVisits
{
    /// <summary>Calls <paramref name="visitor"/> for every frame asked for, at the video's display size.</summary>
    void Visit(int index, ReadOnlySpan<int> frames, SizedFrameVisitor visitor, CancellationToken ct);
}

/// <summary>Receives one frame and its size.</summary>
internal delegate void SizedFrameVisitor(int position, ReadOnlySpan<byte> rgb, FrameSize size);

/// <summary>Shows the frames of any source.</summary>
internal static class FrameVisits
{
    private const long HeldBytes = 64 << 20;

    /// <summary>Shows frames one by one if the source can, else clip by clip.</summary>
    public static void Visit(IClipSource source, int index, ReadOnlySpan<int> frames, SizedFrameVisitor visitor, CancellationToken ct)
    {
        if (source is IFrameVisits visits)
        {
            visits.Visit(index, frames, visitor, ct);
            return;
        }

        int step = 1;
        for (int position = 0; position < frames.Length;)
        {
            Clip clip = source.Read(index, frames.Slice(position, Math.Min(step, frames.Length - position)), null, ct);
            for (int frame = 0; frame < clip.Frames; frame++)
                visitor(position + frame, clip.Frame(frame), clip.Size);
            position += clip.Frames;
            step = (int)Math.Clamp(HeldBytes / clip.FrameBytes, 1, int.MaxValue);
        }
    }
}
