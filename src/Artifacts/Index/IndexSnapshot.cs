namespace Unreel.Artifacts;

/// <summary>All artifacts and tags of a store as they were at one moment; immutable, and safe for many readers at once.</summary>
public sealed class IndexSnapshot
{
    private readonly Dictionary<ArtifactRef, IndexEntry> _byReference;
    private readonly ILookup<ArtifactRef, Tag> _tags;
    private readonly Lazy<ILookup<Digest, IndexEntry>> _byDigest;
    private readonly Lazy<ILookup<Digest, IndexEntry>> _dependents;

    internal IndexSnapshot(IReadOnlyList<IndexEntry> entries, IReadOnlyList<Tag> tags, string version)
    {
        (Entries, Tags, Version) = (entries, tags, version);
        _byReference = entries.ToDictionary(entry => entry.Reference);
        _tags = tags.ToLookup(tag => new ArtifactRef(tag.Kind, tag.Name, tag.Target));
        _byDigest = new(() => entries.ToLookup(entry => entry.Reference.Digest));
        _dependents = new(() => entries
            .SelectMany(entry => entry.Inputs.Select(input => input.Digest).Distinct().Select(input => (input, entry)))
            .ToLookup(pair => pair.input, pair => pair.entry));
    }

    /// <summary>Every artifact, in the ordinal order of <c>kind/name/digest</c>.</summary>
    public IReadOnlyList<IndexEntry> Entries { get; }

    /// <summary>Every tag, in the ordinal order of <c>kind/name/tag</c>.</summary>
    public IReadOnlyList<Tag> Tags { get; }

    /// <summary>Differs whenever what is in the snapshot differs; fit for an ETag.</summary>
    public string Version { get; }

    /// <summary>An artifact; null where there is none.</summary>
    public IndexEntry? Find(ArtifactRef artifact) => _byReference.GetValueOrDefault(artifact);

    /// <summary>The artifacts by a digest, under whatever names.</summary>
    public IEnumerable<IndexEntry> ByDigest(Digest digest) => _byDigest.Value[digest];

    /// <summary>The tags that point to an artifact, by name.</summary>
    public IEnumerable<string> TagsOf(ArtifactRef artifact) => _tags[artifact].Select(tag => tag.Value);

    /// <summary>The artifacts that were made from this one directly.</summary>
    public IEnumerable<IndexEntry> DependentsOf(Digest artifact) => _dependents.Value[artifact];

    /// <summary>Finds artifacts.</summary>
    public IndexPage Search(IndexQuery query)
    {
        string[] words = (query.Text ?? string.Empty).Split(' ', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        List<IndexEntry> found = [.. Entries.Where(entry => Fits(entry, query) && words.All(word => Mentions(entry, word)))];
        return new IndexPage([.. Ordered(found, query).Skip(query.Offset).Take(query.Count)], found.Count);
    }

    private bool Fits(IndexEntry entry, IndexQuery query) =>
        (query.Kind is not { } kind || entry.Reference.Kind == kind)
        && (query.Stage is null || entry.Stage == query.Stage)
        && (query.Tag is null || _tags[entry.Reference].Any(tag => tag.Value == query.Tag))
        && (query.IsTagged is not { } tagged || _tags.Contains(entry.Reference) == tagged);

    private bool Mentions(IndexEntry entry, string word) =>
        Has(entry.Reference.Name, word)
        || Has(entry.Stage, word)
        || entry.Reference.Digest.Hex.StartsWith(word, StringComparison.OrdinalIgnoreCase)
        || _tags[entry.Reference].Any(tag => Has(tag.Value, word))
        || entry.Metrics.Keys.Any(metric => Has(metric, word))
        || entry.Inputs.Any(input => Has(input.Reference, word));

    private static bool Has(string text, string word) => text.Contains(word, StringComparison.OrdinalIgnoreCase);

    private static IEnumerable<IndexEntry> Ordered(List<IndexEntry> found, IndexQuery query) => query.Order switch
    {
        IndexOrder.Newest => found.OrderByDescending(entry => entry.Made),
        IndexOrder.Size => found.OrderByDescending(entry => entry.Size),
        IndexOrder.Metric when query.Metric is { } metric => found.OrderByDescending(entry => entry.Metrics.TryGetValue(metric, out double value) ? value : double.NegativeInfinity),
        _ => found.OrderBy(entry => ArtifactReference.KindText(entry.Reference.Kind), StringComparer.Ordinal)
            .ThenBy(entry => entry.Reference.Name, StringComparer.Ordinal).ThenByDescending(entry => entry.Made),
    };
}
