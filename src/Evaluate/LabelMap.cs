using Unreel.Pipelines;
using Unreel.Video;

namespace Unreel.Evaluate;

/// <summary>Takes a data set's labels to the model's, by name.</summary>
public static class LabelMap
{
    /// <summary>The model's class of each of <paramref name="clips"/>.</summary>
    /// <param name="source">The labelled clips.</param>
    /// <param name="clips">Indices of the clips to measure on.</param>
    /// <param name="modelLabels">The model's labels.</param>
    /// <param name="name">What messages call the data set.</param>
    /// <exception cref="UsageException">A clip has no label, or labels the model does not know; all of these are listed.</exception>
    public static int[] Map(IClipSource source, IReadOnlyList<int> clips, IReadOnlyList<string> modelLabels, string name)
    {
        int bare = clips.Count(clip => source.Items[clip].Label < 0);
        if (bare > 0)
            throw new UsageException($"{bare} of {clips.Count} clips of {name} have no label, e.g. {clips.Select(clip => source.Items[clip]).First(item => item.Label < 0).Name}; expected class folders or a list with labels.");

        Dictionary<string, int> known = modelLabels.Select((label, index) => (label, index)).ToDictionary(pair => pair.label, pair => pair.index, StringComparer.Ordinal);
        string[] unknown = [.. clips.Select(clip => source.Labels[source.Items[clip].Label]).Distinct().Where(label => !known.ContainsKey(label)).Order(StringComparer.Ordinal)];
        if (unknown.Length > 0)
            throw new UsageException($"The model does not know the labels {string.Join(", ", unknown)} of {name}; it knows {string.Join(", ", modelLabels)}.");

        return [.. clips.Select(clip => known[source.Labels[source.Items[clip].Label]])];
    }
}
