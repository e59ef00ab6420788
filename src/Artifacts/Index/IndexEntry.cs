namespace Unreel.Artifacts;

/// <summary>What the index knows of an artifact: enough to list, search and follow lineage without reading its manifest.</summary>
public sealed record IndexEntry
{
    /// <summary>Kind, name and digest.</summary>
    public required ArtifactRef Reference { get; init; }

    /// <summary>When it was published under its name (UTC).</summary>
    public required DateTimeOffset Made { get; init; }

    /// <summary>The stage that made it.</summary>
    public required string Stage { get; init; }

    /// <summary>The sum of its files in bytes.</summary>
    public required long Size { get; init; }

    /// <summary>How many files it has.</summary>
    public required int Files { get; init; }

    /// <summary>What it was made from.</summary>
    public IReadOnlyList<LineageInput> Inputs { get; init; } = [];

    /// <summary>Figures that the work determines, by name.</summary>
    public IReadOnlyDictionary<string, double> Metrics { get; init; } = new SortedDictionary<string, double>();

    /// <summary>The key of the work, null for files brought by hand.</summary>
    public Digest? Key { get; init; }
}

/// <summary>What to look for among artifacts; what is null is not asked for.</summary>
public sealed record IndexQuery
{
    /// <summary>Only this kind.</summary>
    public ArtifactKind? Kind { get; init; }

    /// <summary>Words, each of which must occur in name, tags, stage, the names of metrics, the inputs' names, or begin the digest; letters' case is not looked at.</summary>
    public string? Text { get; init; }

    /// <summary>Only what this stage made.</summary>
    public string? Stage { get; init; }

    /// <summary>Only what a tag of this name points to.</summary>
    public string? Tag { get; init; }

    /// <summary>Only what has tags, or only what has none.</summary>
    public bool? IsTagged { get; init; }

    /// <summary>What the answer is ordered by.</summary>
    public IndexOrder Order { get; init; } = IndexOrder.Newest;

    /// <summary>The metric that <see cref="IndexOrder.Metric"/> orders by, highest first; artifacts without it come last.</summary>
    public string? Metric { get; init; }

    /// <summary>How many of the found are left out at the start.</summary>
    public int Offset { get; init; }

    /// <summary>How many are given at most. Default 100.</summary>
    public int Count { get; init; } = 100;
}

/// <summary>An order of artifacts.</summary>
public enum IndexOrder
{
    /// <summary>Last published first.</summary>
    Newest,

    /// <summary>By kind, name and then last published first.</summary>
    Name,

    /// <summary>Largest first.</summary>
    Size,

    /// <summary>By a metric, highest first.</summary>
    Metric,
}

/// <summary>Some of what was found.</summary>
/// <param name="Entries">The entries asked for.</param>
/// <param name="Total">How many there are in all.</param>
public sealed record IndexPage(IReadOnlyList<IndexEntry> Entries, int Total);
