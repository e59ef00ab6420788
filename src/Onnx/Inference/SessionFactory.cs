using System.Globalization;
using Microsoft.ML.OnnxRuntime;

namespace Unreel.Onnx;

/// <summary>Turns our options into those of the native library.</summary>
internal static class SessionFactory
{
    internal static InferenceSession Create(OnnxModelOptions options, string name, Func<SessionOptions, InferenceSession> create)
    {
        options.Validate(name);
        OnnxRuntimeInfo.EnsureLoaded();
        using var session = new SessionOptions
        {
            GraphOptimizationLevel = OptimisationLevels.Of(options.Optimisation, name),
            IntraOpNumThreads = options.Threads,
            LogSeverityLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_ERROR,
        };

        // Threads that spin while they wait win little when alone on a machine, and take the cores from decoding when not.
        session.AddSessionConfigEntry("session.intra_op.allow_spinning", "0");
        try
        {
            if (options.Device == OnnxDevice.Cuda)
                AddCuda(session, options.DeviceId);
        }
        catch (OnnxRuntimeException exception)
        {
            throw new OnnxModelException(name, $"was asked to run on CUDA device {options.DeviceId}, which cannot be used: {NativeMessage.Of(exception)}");
        }

        try
        {
            return create(session);
        }
        catch (OnnxRuntimeException exception)
        {
            throw new OnnxModelException(name, $"cannot be loaded: {NativeMessage.Of(exception)}");
        }
    }

    /// <summary>Returns why CUDA cannot be used, null where it can.</summary>
    internal static string? WhyNoCuda(int deviceId)
    {
        using var session = new SessionOptions { LogSeverityLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_FATAL };
        try
        {
            AddCuda(session, deviceId);
            return null;
        }
        catch (OnnxRuntimeException exception)
        {
            return NativeMessage.Of(exception);
        }
    }

    private static void AddCuda(SessionOptions session, int deviceId)
    {
        using var cuda = new OrtCUDAProviderOptions();
        cuda.UpdateOptions(new Dictionary<string, string>
        {
            ["device_id"] = deviceId.ToString(CultureInfo.InvariantCulture),

            // The exhaustive search is the library's default and costs most of a second for each new batch size.
            ["cudnn_conv_algo_search"] = "HEURISTIC",
        });
        session.AppendExecutionProvider_CUDA(cuda);
    }
}
