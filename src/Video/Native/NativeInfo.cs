using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;

namespace Unreel.Video.Native;

/// <summary><c>UnreelAvInfo</c>.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct NativeInfo
{
    public int Width;
    public int Height;
    public int DisplayWidth;
    public int DisplayHeight;
    public int Frames;
    public int Rotation;
    public double FrameRate;
    public double Seconds;
    public Name32 Codec;
    public Name32 PixelFormat;
    public Name64 Container;

    public VideoInfo ToInfo() => new(
        new FrameSize(DisplayWidth, DisplayHeight),
        Frames,
        FrameRate,
        TimeSpan.FromSeconds(Seconds),
        Rotation,
        Text(Codec),
        Text(PixelFormat));

    private static string Text(ReadOnlySpan<byte> bytes) => Encoding.ASCII.GetString(bytes[..bytes.IndexOf((byte)0)]);

    [InlineArray(32)]
    internal struct Name32
    {
        private byte _first;
    }

    [InlineArray(64)]
    internal struct Name64
    {
        private byte _first;
    }
}
