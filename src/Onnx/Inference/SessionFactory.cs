using System.Globalization;
using Microsoft.ML.OnnxRuntime;

namespace Unreel.Onnx;

/// <summary>Turns our options into those of the native library.</summary>
internal static class SessionFactory
{
    private const string CudaProvider = "CUDAExecutionProvider";

    internal static InferenceSession Create(OnnxModelOptions options, string name, Func<SessionOptions, InferenceSession> create)
    {
        using var session = new SessionOptions
        {
            IntraOpNumThreads = options.Threads,
            LogSeverityLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_ERROR,
        };
        session.AddSessionConfigEntry("session.intra_op.allow_spinning", options.Spin ? "1" : "0");
        if (options.Device == OnnxDevice.Cuda)
            AddCuda(session, options, name);

        try
        {
            return create(session);
        }
        catch (OnnxRuntimeException exception)
        {
            throw new OnnxModelException(name, $"cannot be loaded: {exception.Message}");
        }
    }

    private static void AddCuda(SessionOptions session, OnnxModelOptions options, string name)
    {
        string[] providers = OrtEnv.Instance().GetAvailableProviders();
        if (!providers.Contains(CudaProvider))
            throw new OnnxModelException(name, $"was asked to run on CUDA; this ONNX Runtime offers only [{string.Join(", ", providers)}]");

        using var cuda = new OrtCUDAProviderOptions();
        cuda.UpdateOptions(new Dictionary<string, string>
        {
            ["device_id"] = options.DeviceId.ToString(CultureInfo.InvariantCulture),

            // The exhaustive search is the library's default and costs most of a second for each new batch size.
            ["cudnn_conv_algo_search"] = "HEURISTIC",
        });
        try
        {
            session.AppendExecutionProvider_CUDA(cuda);
        }
        catch (OnnxRuntimeException exception)
        {
            throw new OnnxModelException(name, $"cannot run on CUDA: {exception.Message}");
        }
    }
}
