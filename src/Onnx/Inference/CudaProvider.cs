using System.Globalization;
using System.Text.RegularExpressions;
using Microsoft.ML.OnnxRuntime;

namespace Unreel.Onnx;

/// <summary>The execution provider for NVIDIA GPUs, and why it cannot be used where it cannot.</summary>
internal static partial class CudaProvider
{
    internal const string Name = "CUDAExecutionProvider";

    internal static void Add(SessionOptions session, OnnxModelOptions options)
    {
        using var cuda = new OrtCUDAProviderOptions();
        cuda.UpdateOptions(Options(options));
        session.AppendExecutionProvider_CUDA(cuda);
    }

    /// <summary>The options by the names that the provider knows them by.</summary>
    internal static Dictionary<string, string> Options(OnnxModelOptions options)
    {
        var named = new Dictionary<string, string>
        {
            ["device_id"] = options.DeviceId.ToString(CultureInfo.InvariantCulture),
            ["use_tf32"] = options.AllowTf32 ? "1" : "0",
            ["cudnn_conv_algo_search"] = options.CudnnSearch.ToString().ToUpperInvariant(),
        };
        if (options.GpuMemoryLimit is { } limit)
            named["gpu_mem_limit"] = limit.ToString(CultureInfo.InvariantCulture);
        return named;
    }

    /// <summary>Returns why CUDA cannot be used, null where it can.</summary>
    internal static string? WhyNot(int deviceId)
    {
        using var session = new SessionOptions { LogSeverityLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_FATAL };
        try
        {
            Add(session, new OnnxModelOptions { DeviceId = deviceId });
            return null;
        }
        catch (OnnxRuntimeException exception)
        {
            return Explain(exception);
        }
    }

    /// <summary>Whether an error of loading a model is CUDA's: the driver, a library of it, or the GPU's memory.</summary>
    internal static bool IsMeant(string message) => Complaint().IsMatch(message);

    internal static string Explain(OnnxRuntimeException exception) => Explain(NativeMessage.Of(exception));

    /// <summary>Names the library that is missing, where the loader's message tells it; else what the library said.</summary>
    internal static string Explain(string message)
    {
        if (MissingLibrary().Match(message) is { Success: true } missing)
            return $"the library {missing.Groups[1].Value} is missing or cannot be loaded ({message})";
        return message.Contains("not enabled in this build", StringComparison.OrdinalIgnoreCase)
            ? $"this libonnxruntime was built without it; expected a build that has libonnxruntime_providers_cuda.so beside it ({message})"
            : message;
    }

    // As ONNX Runtime's CUDA_CALL, CUDNN_CALL and the like say it, and as its loader of providers and the GPU's arena do.
    [GeneratedRegex(@"\b(CUDA (failure|error|driver)|CUDNN (failure|error)|CUBLAS (failure|error)|cudaError|CUDNN_STATUS|CUBLAS_STATUS|libcu\w+|libnv\w+|onnxruntime_providers_(cuda|shared)|no CUDA-capable device)|BFCArena|gpu_mem_limit", RegexOptions.CultureInvariant | RegexOptions.IgnoreCase)]
    private static partial Regex Complaint();

    // As ld.so and ONNX Runtime say it: the innermost library comes last, the one that is missing.
    [GeneratedRegex(@"^(?s:.*)\b(lib[\w+.-]+?\.so(?:\.\d+)*)(?:: cannot open shared object file|: file too short|: undefined symbol)", RegexOptions.CultureInvariant)]
    private static partial Regex MissingLibrary();
}
