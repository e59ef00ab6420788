using System.Runtime.CompilerServices;
using Unreel.Artifacts;

namespace Unreel.Serve.Registry;

/// <summary>What the artifacts of a store can be filtered and ordered by.</summary>
/// <param name="Kinds">How many there are of each kind; kinds without any are left out.</param>
/// <param name="Stages">The stages that made them, in ordinal order.</param>
/// <param name="Metrics">The metrics that most of them have, in ordinal order.</param>
internal sealed record ListFacets(IReadOnlyDictionary<ArtifactKind, int> Kinds, IReadOnlyList<string> Stages, IReadOnlyList<string> Metrics)
{
    private const int MostChoices = 40;

    // A snapshot never changes, so neither does what it can be filtered by.
    private static readonly ConditionalWeakTable<IndexSnapshot, ListFacets> Known = [];

    /// <summary>Those of a snapshot.</summary>
    public static ListFacets Of(IndexSnapshot snapshot) => Known.GetValue(snapshot, Count);

    private static ListFacets Count(IndexSnapshot snapshot)
    {
        SortedDictionary<ArtifactKind, int> kinds = [];
        Dictionary<string, int> stages = new(StringComparer.Ordinal), metrics = new(StringComparer.Ordinal);
        foreach (IndexEntry entry in snapshot.Entries)
        {
            kinds[entry.Reference.Kind] = kinds.GetValueOrDefault(entry.Reference.Kind) + 1;
            stages[entry.Stage] = stages.GetValueOrDefault(entry.Stage) + 1;
            foreach (string metric in entry.Metrics.Keys)
                metrics[metric] = metrics.GetValueOrDefault(metric) + 1;
        }

        return new ListFacets(kinds, Most(stages), Most(metrics));
    }

    private static List<string> Most(Dictionary<string, int> counts) =>
        [.. counts.OrderByDescending(pair => pair.Value).ThenBy(pair => pair.Key, StringComparer.Ordinal).Take(MostChoices).Select(pair => pair.Key).Order(StringComparer.Ordinal)];
}
