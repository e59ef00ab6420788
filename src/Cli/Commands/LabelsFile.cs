using Unreel.Pipelines;

namespace Unreel.Cli.Commands;

/// <summary>A text file with labels, one a line, in the order of a model's logits.</summary>
internal static class LabelsFile
{
    /// <summary>Reads it.</summary>
    /// <param name="file">The file that <c>--labels</c> names.</param>
    /// <exception cref="UsageException">There is none, or it names a label twice.</exception>
    public static string[] Read(string file)
    {
        if (!File.Exists(file))
            throw new UsageException($"--labels: there is no file '{file}'.");

        string[] labels = [.. File.ReadLines(file).Select(line => line.Trim()).Where(line => line.Length > 0)];
        string? repeated = labels.GroupBy(label => label, StringComparer.Ordinal).FirstOrDefault(group => group.Count() > 1)?.Key;
        return repeated is null ? labels : throw new UsageException($"--labels: '{file}' names '{repeated}' more than once.");
    }
}
