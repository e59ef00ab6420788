using System.Runtime.InteropServices;
using Microsoft.ML.OnnxRuntime.Native;

namespace Microsoft.ML.OnnxRuntime;

/// <summary>Memory that an allocator gave; it goes back when it is disposed of.</summary>
public class OrtMemoryAllocation : SafeHandle
{
    private readonly OrtAllocator _allocator;

    internal OrtMemoryAllocation(OrtAllocator allocator, nint pointer, uint size)
        : base(0, true)
    {
        _allocator = allocator;
        Size = size;
        SetHandle(pointer);
    }

    /// <inheritdoc/>
    public override bool IsInvalid => handle == 0;

    /// <summary>Bytes.</summary>
    public uint Size { get; }

    /// <summary>What memory this is; belongs to the allocator.</summary>
    public OrtMemoryInfo Info => _allocator.Info;

    internal nint Pointer => handle;

    /// <inheritdoc/>
    protected override unsafe bool ReleaseHandle()
    {
        NativeMethods.Check(((delegate* unmanaged<nint, nint, nint>)NativeMethods.Function(Slot.AllocatorFree))(_allocator.Pointer, handle));
        handle = 0;
        return true;
    }
}
