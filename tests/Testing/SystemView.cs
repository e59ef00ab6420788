using System.Diagnostics;
using System.Globalization;

namespace Unreel.Testing;

/// <summary>Processes and descriptors, as the system sees them.</summary>
public static class SystemView
{
    private static readonly string[] Ours = ["socket:", "/memfd:unreel"];

    /// <summary>Open descriptors of this process of the kinds that decoding processes take: sockets and shared memory.</summary>
    public static int Descriptors() => Directory.GetFiles("/proc/self/fd").Count(path => Ours.Any(kind => TargetOf(path).Contains(kind, StringComparison.Ordinal)));

    /// <summary>Children of a process, the dead that nobody has waited for included.</summary>
    public static IReadOnlyList<int> Children(int process) =>
        [.. Directory.GetDirectories($"/proc/{process}/task").SelectMany(ChildrenOf).Select(id => int.Parse(id, CultureInfo.InvariantCulture))];

    /// <summary>Kills a process; does nothing where there is none.</summary>
    public static void Kill(int process)
    {
        // To the system, 0 means everybody near.
        if (process <= 0)
            return;

        try
        {
            using Process target = Process.GetProcessById(process);
            target.Kill();
        }
        catch (Exception gone) when (gone is ArgumentException or InvalidOperationException)
        {
            // It ended by itself.
        }
    }

    /// <summary>Whether there is such a process, dead or alive.</summary>
    public static bool Exists(int process) => Directory.Exists($"/proc/{process}");

    /// <summary>Whether a process is there and alive.</summary>
    public static bool Lives(int process)
    {
        try
        {
            // The state follows the program's name, which is in parentheses.
            return !File.ReadAllText($"/proc/{process}/stat").Split(") ")[^1].StartsWith('Z');
        }
        catch (IOException)
        {
            return false;
        }
    }

    /// <summary>A figure of a process's memory in bytes, e.g. <c>VmRSS</c>.</summary>
    public static long Memory(int process, string figure)
    {
        string line = File.ReadLines($"/proc/{process}/status").First(line => line.StartsWith(figure + ":", StringComparison.Ordinal));
        return long.Parse(line.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture) << 10;
    }

    private static string TargetOf(string path)
    {
        try
        {
            return File.ResolveLinkTarget(path, false)?.FullName ?? "";
        }
        catch (FileNotFoundException)
        {
            // Closed since it was listed, as the one that lists is.
            return "";
        }
    }

    private static string[] ChildrenOf(string thread)
    {
        try
        {
            return File.ReadAllText(Path.Combine(thread, "children")).Split(' ', StringSplitOptions.RemoveEmptyEntries);
        }
        catch (IOException)
        {
            // A thread that ended since it was listed has no children any more.
            return [];
        }
    }
}
