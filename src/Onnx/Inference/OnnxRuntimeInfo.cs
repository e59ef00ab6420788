using System.Diagnostics;
using Microsoft.ML.OnnxRuntime;

namespace Unreel.Onnx;

/// <summary>The ONNX Runtime in use.</summary>
/// <param name="Version">Version of the native library, such as <c>1.30.0</c>.</param>
/// <param name="Providers">Execution providers it was built with, the quickest first; not all need to work here, see <see cref="WhyNoCuda"/>.</param>
/// <param name="Library">File of the native library.</param>
public sealed record OnnxRuntimeInfo(string Version, IReadOnlyList<string> Providers, string Library)
{
    /// <summary>Loads the native library and asks it.</summary>
    /// <exception cref="OnnxModelException">The library is missing or too old.</exception>
    public static OnnxRuntimeInfo Load()
    {
        OrtEnv environment = EnsureLoaded();
        return new OnnxRuntimeInfo(environment.GetVersionString(), environment.GetAvailableProviders(), LibraryPath());
    }

    /// <summary>Returns why CUDA cannot be used on this machine, null where it can. Trying loads the CUDA libraries.</summary>
    /// <exception cref="OnnxModelException">ONNX Runtime itself is missing or too old.</exception>
    public static string? WhyNoCuda(int deviceId = 0)
    {
        EnsureLoaded();
        return CudaProvider.WhyNot(deviceId);
    }

    /// <summary>Returns why an execution provider cannot be used on this machine, null where it can. Trying loads its libraries.</summary>
    /// <param name="provider">Its name without <c>ExecutionProvider</c>, as in <see cref="OnnxModelOptions.Providers"/>.</param>
    /// <exception cref="OnnxModelException">ONNX Runtime itself is missing or too old.</exception>
    public static string? WhyNot(string provider)
    {
        EnsureLoaded();
        using var session = new SessionOptions { LogSeverityLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_FATAL };
        return SessionFactory.TryAdd(session, provider)?.Reason;
    }

    /// <summary>Turns a library that cannot be loaded into a message, before anything else stumbles over it.</summary>
    internal static OrtEnv EnsureLoaded()
    {
        try
        {
            return OrtEnv.Instance();
        }
        catch (TypeInitializationException exception)
        {
            throw new OnnxModelException("libonnxruntime", $"cannot be loaded: {(exception.InnerException ?? exception).Message}", exception);
        }
    }

    private static string LibraryPath()
    {
        using var process = Process.GetCurrentProcess();
        return process.Modules.Cast<ProcessModule>().Select(module => module.FileName)
            .FirstOrDefault(file => Path.GetFileName(file).Contains("onnxruntime", StringComparison.OrdinalIgnoreCase)
                && !file.EndsWith(".dll", StringComparison.OrdinalIgnoreCase)) ?? "?";
    }
}
