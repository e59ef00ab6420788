using System.Runtime.InteropServices;
using System.Text;

namespace Microsoft.ML.OnnxRuntime.Native;

/// <summary>The few shapes in which functions of the C API are called; every status that comes back is checked here.</summary>
internal static unsafe partial class NativeMethods
{
    // Every function used is older than this version of the table, and every library since 1.14 offers it.
    private const uint TableVersion = 14;

    private static readonly nint* Table = Load();

    internal static nint Function(Slot slot) => Table[(int)slot];

    internal static string Version() =>
        Text(((delegate* unmanaged<nint>)OrtGetApiBase()->GetVersionString)());

    /// <summary>Functions that only make something: <c>status f(out handle)</c>.</summary>
    internal static nint Create(Slot slot)
    {
        nint made = 0;
        Check(((delegate* unmanaged<nint*, nint>)Function(slot))(&made));
        return made;
    }

    internal static void Release(Slot slot, nint handle)
    {
        if (handle != 0)
            ((delegate* unmanaged<nint, void>)Function(slot))(handle);
    }

    internal static void Do(Slot slot, nint handle) =>
        Check(((delegate* unmanaged<nint, nint>)Function(slot))(handle));

    internal static void DoUnchecked(Slot slot, nint handle) =>
        ((delegate* unmanaged<nint, void>)Function(slot))(handle);

    internal static void Set(Slot slot, nint handle, int value) =>
        Check(((delegate* unmanaged<nint, int, nint>)Function(slot))(handle, value));

    internal static void Set(Slot slot, nint handle, nint value) =>
        Check(((delegate* unmanaged<nint, nint, nint>)Function(slot))(handle, value));

    internal static void Set(Slot slot, nint handle, string text)
    {
        fixed (byte* bytes = Utf8(text))
            Set(slot, handle, (nint)bytes);
    }

    internal static void Set(Slot slot, nint handle, string key, string value)
    {
        fixed (byte* keyBytes = Utf8(key), valueBytes = Utf8(value))
            Check(((delegate* unmanaged<nint, byte*, byte*, nint>)Function(slot))(handle, keyBytes, valueBytes));
    }

    internal static void Set(Slot slot, nint handle, string key, long value)
    {
        fixed (byte* keyBytes = Utf8(key))
            Check(((delegate* unmanaged<nint, byte*, long, nint>)Function(slot))(handle, keyBytes, value));
    }

    internal static void Set(Slot slot, nint handle, string key, nint value)
    {
        fixed (byte* keyBytes = Utf8(key))
            Check(((delegate* unmanaged<nint, byte*, nint, nint>)Function(slot))(handle, keyBytes, value));
    }

    /// <summary>Reads one value of up to eight bytes; narrower ones fill the low bytes of a zero.</summary>
    internal static nint Get(Slot slot, nint handle)
    {
        nint value = 0;
        Check(((delegate* unmanaged<nint, nint*, nint>)Function(slot))(handle, &value));
        return value;
    }

    internal static nint Get(Slot slot, nint handle, nint argument)
    {
        nint value = 0;
        Check(((delegate* unmanaged<nint, nint, nint*, nint>)Function(slot))(handle, argument, &value));
        return value;
    }

    internal static nint Get(Slot slot, nint handle, nint first, nint second)
    {
        nint value = 0;
        Check(((delegate* unmanaged<nint, nint, nint, nint*, nint>)Function(slot))(handle, first, second, &value));
        return value;
    }

    /// <summary>Takes over a string that the default allocator made.</summary>
    internal static string TakeText(nint allocated)
    {
        if (allocated == 0)
            return null;

        try
        {
            return Text(allocated);
        }
        finally
        {
            FreeDefault(allocated);
        }
    }

    internal static void FreeDefault(nint memory) =>
        Check(((delegate* unmanaged<nint, nint, nint>)Function(Slot.AllocatorFree))(OrtAllocator.DefaultInstance.Pointer, memory));

    internal static string Text(nint utf8) => Marshal.PtrToStringUTF8(utf8);

    /// <summary>Zero-terminated UTF-8, as every name in the C API.</summary>
    internal static byte[] Utf8(string text) => Encoding.UTF8.GetBytes(text + '\0');

    /// <summary>A path as the platform spells it: wide characters on Windows, UTF-8 elsewhere.</summary>
    internal static byte[] Path(string path) =>
        OperatingSystem.IsWindows() ? Encoding.Unicode.GetBytes(path + '\0') : Utf8(path);

    internal static void Check(nint status)
    {
        if (status == 0)
            return;

        var code = (ErrorCode)((delegate* unmanaged<nint, int>)Function(Slot.GetErrorCode))(status);
        string message = Text(((delegate* unmanaged<nint, nint>)Function(Slot.GetErrorMessage))(status));
        Release(Slot.ReleaseStatus, status);
        throw new OnnxRuntimeException(code, message);
    }

    [DllImport("onnxruntime", ExactSpelling = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.AssemblyDirectory | DllImportSearchPath.SafeDirectories)]
    private static extern ApiBase* OrtGetApiBase();

    private static nint* Load()
    {
        ApiBase* api = OrtGetApiBase();
        var table = ((delegate* unmanaged<uint, nint*>)api->GetApi)(TableVersion);
        return table != null
            ? table
            : throw new NotSupportedException($"libonnxruntime {Text(((delegate* unmanaged<nint>)api->GetVersionString)())} is too old: 1.{TableVersion} or later is needed");
    }

    [StructLayout(LayoutKind.Sequential)]
    private struct ApiBase
    {
        public nint GetApi;
        public nint GetVersionString;
    }
}
