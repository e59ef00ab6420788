using Microsoft.ML.OnnxRuntime;

namespace Unreel.Onnx;

/// <summary>A session and what it runs on.</summary>
/// <param name="Session">The session.</param>
/// <param name="Provider">The execution provider asked first, such as <c>CUDAExecutionProvider</c>.</param>
/// <param name="Notice">Why it is another than was asked for; null where it is the one.</param>
internal sealed record OpenedSession(InferenceSession Session, string Provider, string? Notice);

/// <summary>Turns our options into those of the native library.</summary>
internal static class SessionFactory
{
    private const string Processor = "CPUExecutionProvider";

    /// <summary>Makes a session, on the processor where the device cannot be used and that is allowed.</summary>
    /// <exception cref="OnnxModelException">The options are wrong, a provider cannot be used, or the model cannot be loaded.</exception>
    internal static OpenedSession Create(OnnxModelOptions options, string name, Func<SessionOptions, InferenceSession> create)
    {
        options.Validate(name);
        OnnxRuntimeInfo.EnsureLoaded();
        if (options.Device == OnnxDevice.Cpu)
            return new OpenedSession(Load(options, name, create), options.Providers.Count > 0 ? $"{options.Providers[0]}ExecutionProvider" : Processor, null);

        // The driver may refuse as late as when the model is loaded, and then says so.
        try
        {
            using SessionOptions session = Common(options, name);
            CudaProvider.Add(session, options);
            return new OpenedSession(Load(session, name, create, CudaProvider.IsMeant), CudaProvider.Name, null);
        }
        catch (OnnxRuntimeException exception)
        {
            string why = CudaProvider.Explain(exception);
            if (!options.AllowCpuFallback)
                throw new OnnxModelException(name, $"was asked to run on CUDA device {options.DeviceId}, which cannot be used: {why}", exception);
            return new OpenedSession(Load(options with { Device = OnnxDevice.Cpu }, name, create), Processor, $"runs on the processor: CUDA device {options.DeviceId} cannot be used: {why}");
        }
    }

    private static InferenceSession Load(OnnxModelOptions options, string name, Func<SessionOptions, InferenceSession> create)
    {
        using SessionOptions session = Common(options, name);
        return Load(session, name, create, static _ => false);
    }

    // What a device complains of is not the model's fault, and told by whoever asked for the device.
    private static InferenceSession Load(SessionOptions session, string name, Func<SessionOptions, InferenceSession> create, Predicate<string> isOfDevice)
    {
        try
        {
            return create(session);
        }
        catch (OnnxRuntimeException exception) when (!isOfDevice(exception.Message))
        {
            throw new OnnxModelException(name, $"cannot be loaded: {NativeMessage.Of(exception)}");
        }
    }

    private static SessionOptions Common(OnnxModelOptions options, string name)
    {
        var session = new SessionOptions
        {
            IntraOpNumThreads = options.Threads,
            LogSeverityLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_ERROR,
            GraphOptimizationLevel = OptimisationLevels.Of(options.Optimisation, name),
            EnableCpuMemArena = options.MemoryArena,
            EnableMemoryPattern = options.MemoryPattern,
        };
        session.AddSessionConfigEntry("session.intra_op.allow_spinning", options.Spinning ? "1" : "0");
        if (options.ProfileTo is { } profile)
        {
            session.ProfileOutputPathPrefix = Path.GetFullPath(profile);
            session.EnableProfiling = true;
        }

        foreach (string provider in options.Providers)
            Add(session, provider, name);
        return session;
    }

    private static void Add(SessionOptions session, string provider, string name)
    {
        if (TryAdd(session, provider) is not var (why, exception))
            return;

        session.Dispose();
        throw new OnnxModelException(name, $"was asked to run with the execution provider '{provider}', which cannot be used: {why} The library offers {string.Join(", ", OrtEnv.Instance().GetAvailableProviders())}.", exception);
    }

    /// <summary>Adds an execution provider; returns why that cannot be, null where it can.</summary>
    internal static (string Reason, Exception Cause)? TryAdd(SessionOptions session, string provider)
    {
        try
        {
            session.AppendExecutionProvider(provider, []);
            return null;
        }
        catch (OnnxRuntimeException exception)
        {
            return (NativeMessage.Of(exception), exception);
        }
        catch (NotSupportedException exception)
        {
            return (exception.Message, exception);
        }
    }
}
