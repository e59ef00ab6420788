using System.Runtime.InteropServices;
using Microsoft.ML.OnnxRuntime.Native;

namespace Microsoft.ML.OnnxRuntime;

/// <summary>How much the native library says.</summary>
public enum OrtLoggingLevel
{
    /// <summary>Everything.</summary>
    ORT_LOGGING_LEVEL_VERBOSE = 0,

    /// <summary>What is going on.</summary>
    ORT_LOGGING_LEVEL_INFO = 1,

    /// <summary>What looks wrong; the default.</summary>
    ORT_LOGGING_LEVEL_WARNING = 2,

    /// <summary>What went wrong.</summary>
    ORT_LOGGING_LEVEL_ERROR = 3,

    /// <summary>What cannot be survived.</summary>
    ORT_LOGGING_LEVEL_FATAL = 4,
}

/// <summary>The native library's state of the whole process: one instance, made when first asked for.</summary>
public sealed class OrtEnv : SafeHandle
{
    private static readonly Lazy<OrtEnv> Singleton = new(Create);

    private OrtEnv(nint handle)
        : base(0, true) => SetHandle(handle);

    /// <summary>Whether the instance exists.</summary>
    public static bool IsCreated => Singleton.IsValueCreated;

    /// <inheritdoc/>
    public override bool IsInvalid => handle == 0;

    internal nint Handle => handle;

    /// <summary>Returns the one instance.</summary>
    public static OrtEnv Instance() => Singleton.Value;

    /// <summary>Returns the native library's version, such as <c>1.30.0</c>.</summary>
    public string GetVersionString() => NativeMethods.Version();

    /// <summary>Returns the names of the execution providers compiled into the native library.</summary>
    public unsafe string[] GetAvailableProviders()
    {
        nint* names;
        int count;
        NativeMethods.Check(((delegate* unmanaged<nint**, int*, nint>)NativeMethods.Function(Slot.GetAvailableProviders))(&names, &count));
        try
        {
            var providers = new string[count];
            for (int i = 0; i < count; i++)
                providers[i] = NativeMethods.Text(names[i]);
            return providers;
        }
        finally
        {
            NativeMethods.Check(((delegate* unmanaged<nint*, int, nint>)NativeMethods.Function(Slot.ReleaseAvailableProviders))(names, count));
        }
    }

    /// <inheritdoc/>
    protected override bool ReleaseHandle()
    {
        NativeMethods.Release(Slot.ReleaseEnv, handle);
        handle = 0;
        return true;
    }

    private static unsafe OrtEnv Create()
    {
        nint env;
        fixed (byte* id = NativeMethods.Utf8("CSharpOnnxRuntime"))
            NativeMethods.Check(((delegate* unmanaged<int, byte*, nint*, nint>)NativeMethods.Function(Slot.CreateEnv))((int)OrtLoggingLevel.ORT_LOGGING_LEVEL_WARNING, id, &env));
        return new OrtEnv(env);
    }
}
