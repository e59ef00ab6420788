using System.Runtime.InteropServices;
using Microsoft.ML.OnnxRuntime.Native;

namespace Microsoft.ML.OnnxRuntime;

/// <summary>Gives memory to tensors.</summary>
public class OrtAllocator : SafeHandle
{
    private static readonly Lazy<OrtAllocator> Default = new(() => new OrtAllocator(NativeMethods.Create(Slot.GetAllocatorWithDefaultOptions), owned: false));
    private readonly bool _owned;

    /// <summary>Takes the allocator of a session's memory.</summary>
    public OrtAllocator(InferenceSession session, OrtMemoryInfo memInfo)
        : base(0, true)
    {
        SetHandle(NativeMethods.Get(Slot.CreateAllocator, session.Handle, memInfo.Pointer));
        _owned = true;
    }

    private OrtAllocator(nint handle, bool owned)
        : base(0, true)
    {
        SetHandle(handle);
        _owned = owned;
    }

    /// <summary>Ordinary memory of the CPU; belongs to the library.</summary>
    public static OrtAllocator DefaultInstance => Default.Value;

    /// <inheritdoc/>
    public override bool IsInvalid => handle == 0;

    /// <summary>What memory this gives; belongs to the allocator.</summary>
    public OrtMemoryInfo Info => new(NativeMethods.Get(Slot.AllocatorGetInfo, Pointer), owned: false);

    /// <summary>Takes memory; the allocator must outlive it.</summary>
    public unsafe OrtMemoryAllocation Allocate(uint size)
    {
        nint memory;
        NativeMethods.Check(((delegate* unmanaged<nint, nuint, nint*, nint>)NativeMethods.Function(Slot.AllocatorAlloc))(Pointer, size, &memory));
        return new OrtMemoryAllocation(this, memory, size);
    }

    internal nint Pointer
    {
        get
        {
            ObjectDisposedException.ThrowIf(handle == 0, this);
            return handle;
        }
    }

    /// <inheritdoc/>
    protected override bool ReleaseHandle()
    {
        if (_owned)
            NativeMethods.Release(Slot.ReleaseAllocator, handle);
        handle = 0;
        return true;
    }
}
