namespace Unreel.Artifacts;

/// <summary>What goes along with the artifacts that are copied or exported.</summary>
public sealed record ExchangeOptions
{
    /// <summary>Take along what the artifacts were made from, and what that was made from. Default no.</summary>
    public bool Lineage { get; init; }

    /// <summary>Take along what describes the artifacts: run records and signatures. Default yes.</summary>
    public bool Referrers { get; init; } = true;

    /// <summary>Take along every tag that points to an artifact, and not only the one it was asked for by. Default no.</summary>
    public bool AllTags { get; init; }
}

/// <summary>What is to go from a store elsewhere.</summary>
/// <param name="Artifacts">The artifacts, each after those it was made from.</param>
/// <param name="Tags">The tags that go along.</param>
/// <param name="Missing">Inputs that the lineage names and the store does not have.</param>
public sealed record ExchangePlan(IReadOnlyList<ArtifactRef> Artifacts, IReadOnlyList<ArtifactReference> Tags, IReadOnlyList<LineageInput> Missing)
{
    /// <summary>The artifact that each tag of <see cref="Tags"/> points to.</summary>
    public required IReadOnlyDictionary<ArtifactReference, ArtifactRef> Targets { get; init; }

    /// <summary>Finds what references mean, and what belongs to it.</summary>
    /// <param name="store">Where they are.</param>
    /// <param name="references">The references; none for everything that is there.</param>
    /// <param name="options">What goes along.</param>
    /// <param name="ct">Cancels.</param>
    /// <exception cref="ArtifactNotFoundException">There is no artifact by a reference.</exception>
    public static async Task<ExchangePlan> MakeAsync(IArtifactStore store, IReadOnlyList<ArtifactReference> references, ExchangeOptions options, CancellationToken ct)
    {
        List<ArtifactRef> asked = [];
        Dictionary<ArtifactReference, ArtifactRef> targets = [];
        foreach (ArtifactReference reference in references)
        {
            ArtifactRef found = await store.FindAsync(reference, ct) ?? throw new ArtifactNotFoundException(reference.ToString(), store.Location);
            asked.Add(found);
            if (reference.Tag is not null)
                targets[reference] = found;
        }

        if (references.Count == 0)
            asked = await store.ListReferencesAsync(null, ct).ToListAsync(ct);

        LineageWalk walk = new(store);
        IReadOnlyList<ArtifactRef> artifacts = options.Lineage ? await walk.ReachAsync(asked, ct) : [.. asked.Distinct()];
        if (options.AllTags || references.Count == 0)
            await AddTagsAsync(store, artifacts, targets, ct);

        return new ExchangePlan(artifacts, [.. targets.Keys], walk.Missing) { Targets = targets };
    }

    private static async Task AddTagsAsync(IArtifactStore store, IReadOnlyList<ArtifactRef> artifacts, Dictionary<ArtifactReference, ArtifactRef> targets, CancellationToken ct)
    {
        HashSet<ArtifactRef> wanted = [.. artifacts];
        await foreach (Tag tag in store.ListTagsAsync(null, ct))
        {
            ArtifactRef artifact = new(tag.Kind, tag.Name, tag.Target);
            if (wanted.Contains(artifact))
                targets.TryAdd(ArtifactReference.ToTag(tag.Kind, tag.Name, tag.Value), artifact);
        }
    }
}
