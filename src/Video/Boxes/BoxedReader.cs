namespace Unreel.Video.Boxes;

/// <summary>A video that is decoded in a <see cref="DecodeBox"/>; its frames are looked at where the box put them.</summary>
internal sealed class BoxedReader(DecodeBox box, BoxHandle handle, VideoInfo info, string name) : IFrameReader
{
    /// <inheritdoc/>
    public VideoInfo Info => info;

    /// <inheritdoc/>
    public void Visit(ReadOnlySpan<int> frames, FrameVisitor visitor, CancellationToken ct)
    {
        foreach (int frame in frames)
            if (frame < 0 || frame >= info.FrameCount)
                throw new ArgumentOutOfRangeException(nameof(frames), $"{name}: there is no frame {frame}; the video has {info.FrameCount}.");

        using CancellationTokenRegistration registration = box.KillWhen(ct);
        using var shown = new ShownFrame(info.Size);
        Span<int> numbers = stackalloc int[Math.Min(frames.Length, BoxNative.Numbers)];
        for (int position = 0; position < frames.Length;)
        {
            int count = Distinct(frames[position..], numbers);
            box.Check(BoxNative.Ask(handle, numbers[..count], count, position == 0 ? 1 : 0), name, name, ct);
            position = Show(frames, position, numbers[..count], shown, visitor, ct);
        }
    }

    // A frame that is asked for several times in a row comes once.
    private static int Distinct(ReadOnlySpan<int> frames, Span<int> numbers)
    {
        int count = 0;
        foreach (int frame in frames)
        {
            if (count > 0 && numbers[count - 1] == frame)
                continue;
            if (count == numbers.Length)
                break;
            numbers[count++] = frame;
        }

        return count;
    }

    private unsafe int Show(ReadOnlySpan<int> frames, int position, ReadOnlySpan<int> numbers, ShownFrame shown, FrameVisitor visitor, CancellationToken ct)
    {
        bool whole = false;
        try
        {
            foreach (int number in numbers)
            {
                int status = BoxNative.Next(handle, out byte* stored, out int width, out int height);
                // A video's own failing ends what was asked for, on both sides.
                whole = status is < 0 and > -16;
                box.Check(status, name, $"{name}, frame {number}", ct);
                ReadOnlySpan<byte> rgb = shown.Of(new ReadOnlySpan<byte>(stored, width * height * 3), new FrameSize(width, height));
                for (; position < frames.Length && frames[position] == number; position++)
                    visitor(position, rgb);

                box.Check(BoxNative.Release(handle), name, name, ct);
            }

            whole = true;
            return position;
        }
        finally
        {
            if (!whole)
                box.Abandon();
        }
    }
}
