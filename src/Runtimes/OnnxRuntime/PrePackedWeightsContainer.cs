using System.Runtime.InteropServices;
using Microsoft.ML.OnnxRuntime.Native;

namespace Microsoft.ML.OnnxRuntime;

/// <summary>
/// Weights rearranged for the processor, of all sessions made with it: those added to the options of several sessions
/// (<see cref="SessionOptions.AddInitializer"/>) are rearranged and kept once. It must outlive its sessions.
/// </summary>
public class PrePackedWeightsContainer : SafeHandle
{
    /// <summary>Makes an empty container.</summary>
    public PrePackedWeightsContainer()
        : base(0, true) => SetHandle(NativeMethods.Create(Slot.CreatePrepackedWeightsContainer));

    /// <inheritdoc/>
    public override bool IsInvalid => handle == 0;

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
        NativeMethods.Release(Slot.ReleasePrepackedWeightsContainer, handle);
        handle = 0;
        return true;
    }
}
