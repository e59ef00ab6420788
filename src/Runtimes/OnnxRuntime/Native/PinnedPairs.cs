using System.Runtime.InteropServices;

namespace Microsoft.ML.OnnxRuntime.Native;

/// <summary>Keys and values as zero-terminated UTF-8 outside the managed heap.</summary>
internal sealed class PinnedPairs : IDisposable
{
    internal PinnedPairs(IReadOnlyDictionary<string, string> pairs)
    {
        Keys = [.. pairs.Keys.Select(Marshal.StringToCoTaskMemUTF8)];
        Values = [.. pairs.Values.Select(Marshal.StringToCoTaskMemUTF8)];
    }

    internal nint[] Keys { get; }

    internal nint[] Values { get; }

    public void Dispose()
    {
        foreach (nint text in Keys.Concat(Values))
            Marshal.FreeCoTaskMem(text);
    }
}
