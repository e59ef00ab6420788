using Unreel.Video.Native;

namespace Unreel.Video.Tests;

/// <summary>Counts what is open in the native library.</summary>
internal static class NativeObjects
{
    /// <summary>What is open before a test begins, after everything that no one holds any more was closed. Tests of this assembly take turns.</summary>
    public static long LeftOver()
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
        return LibAv.Live();
    }
}
