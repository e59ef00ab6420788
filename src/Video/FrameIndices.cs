namespace Unreel.Video;

/// <summary>Which frames of a video make a clip. All results ascend and lie within the video.</summary>
public static class FrameIndices
{
    /// <summary>
    /// <paramref name="frames"/> frames, <paramref name="stride"/> apart, from a random start. A video too short for that
    /// is taken from its start and repeats the last frame of the grid (VideoMAE's training sampling).
    /// </summary>
    public static int[] Train(int frameCount, int frames, int stride, ref RandomStream random)
    {
        Check(frameCount, frames, stride);
        long room = Math.Max(frameCount - (((long)(frames - 1) * stride) + 1), 0);
        return Grid(frameCount, frames, stride, random.NextInt((int)room + 1));
    }

    /// <summary>
    /// Clip <paramref name="clip"/> of <paramref name="clips"/> spread evenly over the video taken at <paramref name="stride"/>
    /// (VideoMAE's multi-view test); a single clip is the middle one. Short videos repeat the last frame of the grid.
    /// </summary>
    public static int[] Test(int frameCount, int frames, int stride, int clip, int clips)
    {
        Check(frameCount, frames, stride);
        CheckClip(clip, clips);
        int strided = ((frameCount - 1) / stride) + 1;
        long room = Math.Max(strided - frames, 0);
        long start = clips == 1 ? room / 2 : room * clip / (clips - 1);
        return Grid(frameCount, frames, stride, (int)start * stride);
    }

    /// <summary>
    /// <paramref name="frames"/> frames spread evenly over the whole video, whatever its length: the middles of as many equal
    /// segments. With several clips, clip k takes the (k + 1/2) / <paramref name="clips"/> point of each segment.
    /// </summary>
    public static int[] Segments(int frameCount, int frames, int clip, int clips)
    {
        Check(frameCount, frames, stride: 1);
        CheckClip(clip, clips);
        long phases = 2L * clips;
        return Spread(frames, frame => (((frame * phases) + (2 * clip) + 1) * frameCount) / (phases * frames));
    }

    /// <summary>As <see cref="Segments(int, int, int, int)"/>, at one random point of every segment, so that steps stay even.</summary>
    public static int[] Segments(int frameCount, int frames, ref RandomStream random)
    {
        Check(frameCount, frames, stride: 1);
        double phase = random.NextDouble();
        return Spread(frames, frame => Math.Min((long)((frame + phase) * frameCount / frames), frameCount - 1));
    }

    private static int[] Grid(int frameCount, int frames, int stride, int start)
    {
        long last = (frameCount - 1 - start) / stride;
        return Spread(frames, frame => start + (Math.Min(frame, last) * stride));
    }

    private static int[] Spread(int frames, Func<long, long> place)
    {
        int[] indices = new int[frames];
        for (int frame = 0; frame < frames; frame++)
            indices[frame] = (int)place(frame);
        return indices;
    }

    private static void Check(int frameCount, int frames, int stride)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(frameCount, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(frames, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(stride, 1);
    }

    private static void CheckClip(int clip, int clips)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(clip);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(clip, clips);
    }
}
