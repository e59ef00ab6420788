using System.Runtime.InteropServices;

namespace Microsoft.ML.OnnxRuntime.Native;

/// <content>Functions that are exported by name; a build without a provider exports none of its.</content>
internal static unsafe partial class NativeMethods
{
    [DllImport("onnxruntime", ExactSpelling = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.AssemblyDirectory | DllImportSearchPath.SafeDirectories)]
    internal static extern nint OrtSessionOptionsAppendExecutionProvider_CPU(nint options, int useArena);

    [DllImport("onnxruntime", ExactSpelling = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.AssemblyDirectory | DllImportSearchPath.SafeDirectories)]
    internal static extern nint OrtSessionOptionsAppendExecutionProvider_CUDA(nint options, int deviceId);

    [DllImport("onnxruntime", ExactSpelling = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.AssemblyDirectory | DllImportSearchPath.SafeDirectories)]
    internal static extern nint OrtSessionOptionsAppendExecutionProvider_Tensorrt(nint options, int deviceId);

    [DllImport("onnxruntime", ExactSpelling = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.AssemblyDirectory | DllImportSearchPath.SafeDirectories)]
    internal static extern nint OrtSessionOptionsAppendExecutionProvider_ROCM(nint options, int deviceId);

    [DllImport("onnxruntime", ExactSpelling = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.AssemblyDirectory | DllImportSearchPath.SafeDirectories)]
    internal static extern nint OrtSessionOptionsAppendExecutionProvider_MIGraphX(nint options, int deviceId);

    [DllImport("onnxruntime", ExactSpelling = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.AssemblyDirectory | DllImportSearchPath.SafeDirectories)]
    internal static extern nint OrtSessionOptionsAppendExecutionProvider_Dnnl(nint options, int useArena);

    [DllImport("onnxruntime", ExactSpelling = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.AssemblyDirectory | DllImportSearchPath.SafeDirectories)]
    internal static extern nint OrtSessionOptionsAppendExecutionProvider_OpenVINO(nint options, byte* deviceType);
}
