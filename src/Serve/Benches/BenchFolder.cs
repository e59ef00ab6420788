using System.Globalization;
using Unreel.Onnx;

namespace Unreel.Serve.Benches;

/// <summary>A folder that goes with all that is in it, whether a bench came to its end or not.</summary>
/// <param name="parent">Where it is made.</param>
internal sealed class BenchFolder(string parent) : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateDirectory(System.IO.Path.Combine(parent, $"unreel-bench-{Guid.NewGuid():N}"));

    /// <summary>A name in it.</summary>
    public string Path(string name) => System.IO.Path.Combine(_folder.FullName, name);

    /// <inheritdoc/>
    public void Dispose() => _folder.Delete(recursive: true);
}

/// <summary>What decides the figures of a server.</summary>
internal static class BenchConfig
{
    /// <summary>As benches tell it.</summary>
    public static SortedDictionary<string, string> Of(ClassifierShape shape, ServeBenchScale scale) => new(StringComparer.Ordinal)
    {
        ["width"] = Text(shape.Width),
        ["depth"] = Text(shape.Depth),
        ["frames"] = Text(shape.Frames),
        ["image_size"] = Text(shape.Size),
        ["patch"] = Text(shape.Patch),
        ["threads"] = Text(scale.Threads),
        ["cores"] = Text(Environment.ProcessorCount),
        ["clients"] = Text(scale.Clients),
    };

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}

/// <summary>The value that a share of all values is at most.</summary>
internal static class Percentile
{
    /// <summary>Of at least one value; by the nearest rank.</summary>
    public static double Of(IEnumerable<double> values, double share)
    {
        double[] sorted = [.. values.Order()];
        return sorted[Math.Max(0, (int)Math.Ceiling(share * sorted.Length) - 1)];
    }
}
