using System.Runtime.InteropServices;
using System.Text;
using Microsoft.ML.OnnxRuntime.Native;

namespace Microsoft.ML.OnnxRuntime;

/// <summary>Where an allocator takes memory from.</summary>
public enum OrtAllocatorType
{
    /// <summary>From the device, piece by piece.</summary>
    DeviceAllocator = 0,

    /// <summary>From an arena.</summary>
    ArenaAllocator = 1,
}

/// <summary>Who may read the memory.</summary>
public enum OrtMemType
{
    /// <summary>The CPU, for input of another provider.</summary>
    CpuInput = -2,

    /// <summary>The CPU, for output of another provider.</summary>
    CpuOutput = -1,

    /// <summary>The same as <see cref="CpuOutput"/>.</summary>
    Cpu = CpuOutput,

    /// <summary>The provider's own.</summary>
    Default = 0,
}

/// <summary>Describes memory: allocator, device and kind.</summary>
public class OrtMemoryInfo : SafeHandle
{
    /// <summary>Name of the CPU's allocator, zero-terminated.</summary>
    public static readonly byte[] allocatorCPU = Encoding.UTF8.GetBytes("Cpu\0");

    /// <summary>Name of the CUDA allocator, zero-terminated.</summary>
    public static readonly byte[] allocatorCUDA = Encoding.UTF8.GetBytes("Cuda\0");

    /// <summary>Name of the allocator of pinned host memory, zero-terminated.</summary>
    public static readonly byte[] allocatorCUDA_PINNED = Encoding.UTF8.GetBytes("CudaPinned\0");

    private static readonly Lazy<OrtMemoryInfo> Cpu = new(CreateCpu);
    private readonly bool _owned;

    /// <summary>Describes memory by the zero-terminated name of its allocator.</summary>
    public unsafe OrtMemoryInfo(byte[] utf8AllocatorName, OrtAllocatorType allocatorType, int deviceId, OrtMemType memoryType)
        : base(0, true)
    {
        nint made;
        fixed (byte* name = utf8AllocatorName)
            NativeMethods.Check(((delegate* unmanaged<byte*, int, int, int, nint*, nint>)NativeMethods.Function(Slot.CreateMemoryInfo))(name, (int)allocatorType, deviceId, (int)memoryType, &made));
        SetHandle(made);
        _owned = true;
    }

    /// <summary>Describes memory by the name of its allocator.</summary>
    public OrtMemoryInfo(string allocatorName, OrtAllocatorType allocatorType, int deviceId, OrtMemType memoryType)
        : this(NativeMethods.Utf8(allocatorName), allocatorType, deviceId, memoryType)
    {
    }

    internal OrtMemoryInfo(nint handle, bool owned)
        : base(0, true)
    {
        SetHandle(handle);
        _owned = owned;
    }

    /// <summary>Ordinary memory of the CPU.</summary>
    public static OrtMemoryInfo DefaultInstance => Cpu.Value;

    /// <inheritdoc/>
    public override bool IsInvalid => handle == 0;

    /// <summary>Name of the allocator.</summary>
    public string Name => NativeMethods.Text(NativeMethods.Get(Slot.MemoryInfoGetName, Pointer));

    /// <summary>Number of the device.</summary>
    public int Id => (int)NativeMethods.Get(Slot.MemoryInfoGetId, Pointer);

    internal nint Pointer
    {
        get
        {
            ObjectDisposedException.ThrowIf(handle == 0, this);
            return handle;
        }
    }

    /// <summary>Returns who may read the memory.</summary>
    public OrtMemType GetMemoryType() => (OrtMemType)(int)(uint)NativeMethods.Get(Slot.MemoryInfoGetMemType, Pointer);

    /// <summary>Returns where the allocator takes memory from.</summary>
    public OrtAllocatorType GetAllocatorType() => (OrtAllocatorType)(int)(uint)NativeMethods.Get(Slot.MemoryInfoGetType, Pointer);

    /// <inheritdoc/>
    protected override bool ReleaseHandle()
    {
        if (_owned)
            NativeMethods.Release(Slot.ReleaseMemoryInfo, handle);
        handle = 0;
        return true;
    }

    private static unsafe OrtMemoryInfo CreateCpu()
    {
        nint made;
        NativeMethods.Check(((delegate* unmanaged<int, int, nint*, nint>)NativeMethods.Function(Slot.CreateCpuMemoryInfo))((int)OrtAllocatorType.DeviceAllocator, (int)OrtMemType.Cpu, &made));
        return new OrtMemoryInfo(made, owned: true);
    }
}
