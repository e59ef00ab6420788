using Unreel.Video.Native;

namespace Unreel.Video;

/// <content>Motion vectors; only of a video that was opened for them.</content>
public sealed partial class VideoReader
{
    // Some videos begin with a few frames that are coded alone. The next frame with vectors is seldom further than three bidirectional
    // frames, one that is coded alone, and three more.
    private const int FramesToTry = 32, FramesAhead = 8;

    /// <summary>Shows frames with their motion vectors; see <see cref="IVectorVisits"/>.</summary>
    internal void Visit(ReadOnlySpan<int> frames, MovingFrameVisitor visitor, CancellationToken ct)
    {
        using CancellationTokenRegistration registration = Begin(frames, ct);
        using var buffer = new FrameBuffer(Info.Size);
        Want([]);
        var grid = new VectorGrid();
        bool any = false;
        for (int position = 0; position < frames.Length; position++)
        {
            int number = frames[position];
            if (position == 0 || number != frames[position - 1])
            {
                Decode(number, buffer, ct);
                any = false;
                for (int near = number; near < EndOfSearch(frames[position..]) && !any; near++)
                    any = ReadVectors(near, grid, ct);
            }

            visitor(position, buffer.Shown, Info.Size, any ? grid : null);
        }
    }

    // Frames up to the next one wanted are decoded on the way there; to look further would mean to come back.
    private int EndOfSearch(ReadOnlySpan<int> frames)
    {
        int end = Math.Min(frames[0] + FramesAhead + 1, Info.FrameCount), next = frames.IndexOfAnyExcept(frames[0]);
        return next < 0 ? end : Math.Clamp(frames[next], frames[0] + 1, end);
    }

    /// <summary>Whether one of the first frames has motion vectors.</summary>
    internal bool HasVectors(CancellationToken ct)
    {
        using CancellationTokenRegistration registration = Begin([], ct);
        Want([]);
        var grid = new VectorGrid();
        for (int number = 0; number < Math.Min(Info.FrameCount, FramesToTry); number++)
            if (ReadVectors(number, grid, ct))
                return true;

        return false;
    }

    private unsafe bool ReadVectors(int number, VectorGrid grid, CancellationToken ct)
    {
        int status, vectors;
        Span<float> cells = grid.Rent(Decode(number, ct), Info.Size);
        fixed (float* first = cells)
            status = LibAv.Motion(_handle, VectorGrid.Cell, first, cells.Length, out vectors);
        NativeStatus.Check(status, $"{_name}, frame {number}", ct);
        if (vectors == 0)
            return false;

        grid.FillGaps();
        return true;
    }
}
