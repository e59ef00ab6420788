using Microsoft.ML.OnnxRuntime.Native;

namespace Microsoft.ML.OnnxRuntime;

public partial class InferenceSession
{
    private static nint WithDefaults(Func<SessionOptions, nint> load)
    {
        using var options = new SessionOptions();
        return load(options);
    }

    private static unsafe nint Load(string modelPath, SessionOptions options)
    {
        fixed (byte* path = NativeMethods.Path(modelPath))
        {
            nint session = NativeMethods.Get(Slot.CreateSession, OrtEnv.Instance().Handle, (nint)path, options.Handle);
            GC.KeepAlive(options);
            return session;
        }
    }

    private static unsafe nint Load(byte[] model, SessionOptions options)
    {
        nint session;
        fixed (byte* bytes = model)
            NativeMethods.Check(((delegate* unmanaged<nint, byte*, nuint, nint, nint*, nint>)NativeMethods.Function(Slot.CreateSessionFromArray))(OrtEnv.Instance().Handle, bytes, (nuint)model.Length, options.Handle, &session));
        GC.KeepAlive(options);
        return session;
    }

    private static unsafe nint Load(string modelPath, SessionOptions options, PrePackedWeightsContainer container)
    {
        nint session;
        fixed (byte* path = NativeMethods.Path(modelPath))
            NativeMethods.Check(((delegate* unmanaged<nint, byte*, nint, nint, nint*, nint>)NativeMethods.Function(Slot.CreateSessionWithPrepackedWeightsContainer))(OrtEnv.Instance().Handle, path, options.Handle, container.Pointer, &session));
        GC.KeepAlive(options);
        return session;
    }

    private static unsafe nint Load(byte[] model, SessionOptions options, PrePackedWeightsContainer container)
    {
        nint session;
        fixed (byte* bytes = model)
            NativeMethods.Check(((delegate* unmanaged<nint, byte*, nuint, nint, nint, nint*, nint>)NativeMethods.Function(Slot.CreateSessionFromArrayWithPrepackedWeightsContainer))(OrtEnv.Instance().Handle, bytes, (nuint)model.Length, options.Handle, container.Pointer, &session));
        GC.KeepAlive(options);
        return session;
    }
}
