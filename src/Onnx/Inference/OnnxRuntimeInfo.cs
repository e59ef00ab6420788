using System.Diagnostics;
using Microsoft.ML.OnnxRuntime;

namespace Unreel.Onnx;

/// <summary>The ONNX Runtime in use.</summary>
/// <param name="Version">Version of the native library, such as <c>1.30.0</c>.</param>
/// <param name="Providers">Execution providers it was built with, the quickest first; not all need to work here.</param>
/// <param name="CudaProblem">Why CUDA cannot be used here; null where it can.</param>
/// <param name="Library">File of the native library.</param>
public sealed record OnnxRuntimeInfo(string Version, IReadOnlyList<string> Providers, string? CudaProblem, string Library)
{
    /// <summary>Loads the native library and asks it.</summary>
    /// <exception cref="OnnxModelException">The library is missing or too old.</exception>
    public static OnnxRuntimeInfo Load()
    {
        try
        {
            OrtEnv environment = OrtEnv.Instance();
            return new OnnxRuntimeInfo(environment.GetVersionString(), environment.GetAvailableProviders(), SessionFactory.WhyNoCuda(deviceId: 0), LibraryPath());
        }
        catch (TypeInitializationException exception)
        {
            throw new OnnxModelException("libonnxruntime", $"cannot be loaded: {(exception.InnerException ?? exception).Message}");
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
