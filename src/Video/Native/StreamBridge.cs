using System.Diagnostics.CodeAnalysis;
using System.Runtime.InteropServices;

namespace Unreel.Video.Native;

/// <summary>Lets libav read a .NET stream. What the stream throws is kept for the caller, since it must not cross native frames.</summary>
[SuppressMessage("Design", "CA1031:Do not catch general exception types", Justification = "No exception may unwind through native code; it is thrown again after.")]
internal sealed unsafe class StreamBridge
{
    private readonly Stream _stream;
    private readonly long _start;
    private GCHandle _self;

    public StreamBridge(Stream stream)
    {
        _stream = stream;
        _start = stream.CanSeek ? stream.Position : 0;
        _self = GCHandle.Alloc(this);
    }

    /// <summary>What the stream threw since the last look.</summary>
    public Exception? Failure { get; set; }

    public nint Opaque => GCHandle.ToIntPtr(_self);

    public void Release()
    {
        if (_self.IsAllocated)
            _self.Free();
    }

    [UnmanagedCallersOnly]
    public static int Read(nint opaque, byte* buffer, int size)
    {
        var bridge = (StreamBridge)GCHandle.FromIntPtr(opaque).Target!;
        try
        {
            return bridge._stream.Read(new Span<byte>(buffer, size));
        }
        catch (Exception failure)
        {
            bridge.Failure ??= failure;
            return -1;
        }
    }

    [UnmanagedCallersOnly]
    public static long Seek(nint opaque, long offset, int whence)
    {
        var bridge = (StreamBridge)GCHandle.FromIntPtr(opaque).Target!;
        try
        {
            return whence == 1 ? bridge._stream.Length - bridge._start : bridge._stream.Seek(bridge._start + offset, SeekOrigin.Begin) - bridge._start;
        }
        catch (Exception failure)
        {
            bridge.Failure ??= failure;
            return -1;
        }
    }
}
