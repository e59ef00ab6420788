using Microsoft.ML.OnnxRuntime.Native;

namespace Microsoft.ML.OnnxRuntime;

public partial class SessionOptions
{
    /// <summary>Makes options with the CUDA provider of one device.</summary>
    public static SessionOptions MakeSessionOptionWithCudaProvider(int deviceId = 0)
    {
        var options = new SessionOptions();
        try
        {
            options.AppendExecutionProvider_CUDA(deviceId);
            return options;
        }
        catch
        {
            options.Dispose();
            throw;
        }
    }

    /// <summary>Adds the CPU provider; 1 for an arena, 0 for none.</summary>
    public void AppendExecutionProvider_CPU(int useArena = 1) =>
        NativeMethods.Check(NativeMethods.OrtSessionOptionsAppendExecutionProvider_CPU(Handle, useArena));

    /// <summary>Adds the CUDA provider of one device.</summary>
    public void AppendExecutionProvider_CUDA(int deviceId = 0) =>
        NativeMethods.Check(NativeMethods.OrtSessionOptionsAppendExecutionProvider_CUDA(Handle, deviceId));

    /// <summary>Adds the CUDA provider with options of its own.</summary>
    public void AppendExecutionProvider_CUDA(OrtCUDAProviderOptions cudaProviderOptions) =>
        NativeMethods.Set(Slot.AppendCudaProviderV2, Handle, cudaProviderOptions.Handle);

    /// <summary>Adds the TensorRT provider of one device.</summary>
    public void AppendExecutionProvider_Tensorrt(int deviceId = 0) =>
        NativeMethods.Check(NativeMethods.OrtSessionOptionsAppendExecutionProvider_Tensorrt(Handle, deviceId));

    /// <summary>Adds the ROCm provider of one device.</summary>
    public void AppendExecutionProvider_ROCm(int deviceId = 0) =>
        NativeMethods.Check(NativeMethods.OrtSessionOptionsAppendExecutionProvider_ROCM(Handle, deviceId));

    /// <summary>Adds the MIGraphX provider of one device.</summary>
    public void AppendExecutionProvider_MIGraphX(int deviceId = 0) =>
        NativeMethods.Check(NativeMethods.OrtSessionOptionsAppendExecutionProvider_MIGraphX(Handle, deviceId));

    /// <summary>Adds the oneDNN provider; 1 for an arena, 0 for none.</summary>
    public void AppendExecutionProvider_Dnnl(int useArena = 1) =>
        NativeMethods.Check(NativeMethods.OrtSessionOptionsAppendExecutionProvider_Dnnl(Handle, useArena));

    /// <summary>Adds the OpenVINO provider of a device, such as <c>CPU</c>; empty for the library's choice.</summary>
    public void AppendExecutionProvider_OpenVINO(string deviceId = "")
    {
        unsafe
        {
            fixed (byte* device = NativeMethods.Utf8(deviceId))
                NativeMethods.Check(NativeMethods.OrtSessionOptionsAppendExecutionProvider_OpenVINO(Handle, device));
        }
    }

    /// <summary>Adds one of the providers QNN, SNPE, XNNPACK and AZURE by name.</summary>
    /// <exception cref="NotSupportedException">For any other name.</exception>
    public unsafe void AppendExecutionProvider(string providerName, Dictionary<string, string> providerOptions = null)
    {
        if (providerName is not ("QNN" or "SNPE" or "XNNPACK" or "AZURE"))
            throw new NotSupportedException("Only QNN, SNPE, XNNPACK and AZURE execution providers can be enabled by this method.");

        using var pairs = new PinnedPairs(providerOptions ?? []);
        fixed (byte* name = NativeMethods.Utf8(providerName))
        fixed (nint* keys = pairs.Keys, values = pairs.Values)
            NativeMethods.Check(((delegate* unmanaged<nint, byte*, nint*, nint*, nuint, nint>)NativeMethods.Function(Slot.AppendExecutionProvider))(Handle, name, keys, values, (nuint)pairs.Keys.Length));
    }
}
