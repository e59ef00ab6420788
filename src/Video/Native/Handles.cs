using System.Runtime.InteropServices;

namespace Unreel.Video.Native;

/// <summary>Owns an <c>UnreelAvReader</c>, and the bridge to the stream that it reads, if it reads one.</summary>
internal sealed class ReaderHandle() : SafeHandle(0, ownsHandle: true)
{
    public StreamBridge? Bridge { get; set; }

    public override bool IsInvalid => handle == 0;

    protected override bool ReleaseHandle()
    {
        LibAv.Close(handle);
        Bridge?.Release();
        return true;
    }
}

/// <summary>Owns an <c>UnreelAvWriter</c>.</summary>
internal sealed class WriterHandle() : SafeHandle(0, ownsHandle: true)
{
    public override bool IsInvalid => handle == 0;

    protected override bool ReleaseHandle()
    {
        LibAv.Destroy(handle);
        return true;
    }
}

/// <summary>Owns a share of an <c>UnreelAvIndex</c>, or nothing.</summary>
internal sealed class IndexHandle() : SafeHandle(0, ownsHandle: true)
{
    public static IndexHandle None { get; } = new();

    public override bool IsInvalid => handle == 0;

    protected override bool ReleaseHandle()
    {
        LibAv.ReleaseIndex(handle);
        return true;
    }
}
