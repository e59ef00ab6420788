using System.Runtime.InteropServices;
using Microsoft.ML.OnnxRuntime.Native;

namespace Microsoft.ML.OnnxRuntime;

/// <summary>Options of the CUDA provider, by name.</summary>
public class OrtCUDAProviderOptions : SafeHandle
{
    /// <summary>Makes default options.</summary>
    public OrtCUDAProviderOptions()
        : base(0, true) => SetHandle(NativeMethods.Create(Slot.CreateCudaProviderOptions));

    /// <inheritdoc/>
    public override bool IsInvalid => handle == 0;

    internal nint Handle
    {
        get
        {
            ObjectDisposedException.ThrowIf(handle == 0, this);
            return handle;
        }
    }

    /// <summary>Returns all options as one text.</summary>
    public string GetOptions() =>
        NativeMethods.TakeText(NativeMethods.Get(Slot.GetCudaProviderOptionsAsString, Handle, OrtAllocator.DefaultInstance.Pointer));

    /// <summary>Sets options by name, such as <c>device_id</c> or <c>cudnn_conv_algo_search</c>.</summary>
    public unsafe void UpdateOptions(Dictionary<string, string> providerOptions)
    {
        using var pairs = new PinnedPairs(providerOptions);
        fixed (nint* keys = pairs.Keys, values = pairs.Values)
            NativeMethods.Check(((delegate* unmanaged<nint, nint*, nint*, nuint, nint>)NativeMethods.Function(Slot.UpdateCudaProviderOptions))(Handle, keys, values, (nuint)pairs.Keys.Length));
    }

    /// <inheritdoc/>
    protected override bool ReleaseHandle()
    {
        NativeMethods.Release(Slot.ReleaseCudaProviderOptions, handle);
        handle = 0;
        return true;
    }
}
