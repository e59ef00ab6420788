using System.Globalization;

namespace Unreel.Video.Tests.Boxes;

/// <summary>What this process holds of the system.</summary>
internal static class Descriptors
{
    private static readonly string[] Ours = ["socket:", "/memfd:unreel"];

    /// <summary>Open descriptors of the kinds that boxes take: sockets and shared memory.</summary>
    public static int Open() => Directory.GetFiles("/proc/self/fd").Count(path => Ours.Any(kind => TargetOf(path).Contains(kind, StringComparison.Ordinal)));

    /// <summary>Children of this process, the dead that nobody has waited for included.</summary>
    public static IReadOnlyList<int> Children() =>
        [.. Directory.GetDirectories("/proc/self/task").SelectMany(ChildrenOf).Select(id => int.Parse(id, CultureInfo.InvariantCulture))];

    /// <summary>Whether there is such a process, dead or alive.</summary>
    public static bool Exists(int process) => Directory.Exists($"/proc/{process}");

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
