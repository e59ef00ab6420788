using System.Globalization;
using System.Runtime.InteropServices;

namespace Unreel.Export;

/// <summary>The most memory that the process held at once, over what it held at the beginning. Linux with the GNU C library can tell; nobody else is asked.</summary>
internal readonly struct PeakMemory
{
    private const string MemoryReset = "/proc/self/clear_refs", Status = "/proc/self/status", Highest = "VmHWM:", Now = "VmRSS:";

    // Freed memory stays with the process until the C library is told to hand it back: a model after another would seem to need none.
    private static readonly HandBack? MallocTrim = NativeLibrary.TryLoad("libc.so.6", out nint library) && NativeLibrary.TryGetExport(library, "malloc_trim", out nint entry)
        ? Marshal.GetDelegateForFunctionPointer<HandBack>(entry)
        : null;

    private readonly double _before;

    private delegate int HandBack(nuint kept);

    private PeakMemory(double before) => _before = before;

    /// <summary>Whether this system tells.</summary>
    public static bool CanBeTold => MallocTrim is not null && File.Exists(MemoryReset);

    /// <summary>Begins: what nobody needs any more is given back first, so that it cannot be taken into use again unseen. Only where it <see cref="CanBeTold"/>.</summary>
    public static PeakMemory Start()
    {
        GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
        GC.WaitForPendingFinalizers();
        MallocTrim!(0);
        File.WriteAllText(MemoryReset, "5");
        return new PeakMemory(Megabytes(Now));
    }

    /// <summary>The most since the beginning, in 10^6 bytes.</summary>
    public double Read() => Megabytes(Highest) - _before;

    private static double Megabytes(string entry)
    {
        string line = File.ReadLines(Status).First(line => line.StartsWith(entry, StringComparison.Ordinal));
        return long.Parse(line[entry.Length..].Replace("kB", string.Empty, StringComparison.Ordinal), CultureInfo.InvariantCulture) * 1024 / 1e6;
    }
}
