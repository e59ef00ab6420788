using System.Runtime.InteropServices;

namespace Unreel.Video.Native;

/// <summary><c>UnreelAvLimits</c>.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct NativeLimits
{
    public long Pixels;
    public long Frames;
    public long ProbeBytes;
    public double Seconds;
    public double Timeout;
    public int Threads;
    public int Pictures;
    public int Motion;

    public static NativeLimits From(VideoLimits limits, bool pictures = false, bool motion = false) => new()
    {
        Pixels = limits.PixelsPerFrame,
        Frames = limits.Frames,
        ProbeBytes = limits.ProbeBytes,
        Seconds = limits.Duration.TotalSeconds,
        Timeout = limits.Timeout.TotalSeconds,
        Threads = limits.Threads,
        Pictures = pictures ? 1 : 0,
        Motion = motion ? 1 : 0,
    };
}
