using Unreel.Artifacts;

namespace Unreel.Serve.Registry;

/// <summary>One page of the registry's list.</summary>
/// <param name="Only">The kind listed, or null for all.</param>
/// <param name="Page">Which page, from 1.</param>
/// <param name="Artifacts">Its artifacts, in the order kind, name, as the store lists them.</param>
/// <param name="Tags">The tags by what they point to.</param>
/// <param name="More">Whether there is a page after it.</param>
internal sealed record ArtifactListing(ArtifactKind? Only, int Page, IReadOnlyList<Artifact> Artifacts, ILookup<(ArtifactKind Kind, string Name, Digest Digest), string> Tags, bool More)
{
    /// <summary>How many artifacts a page shows.</summary>
    public const int PageSize = 100;

    /// <summary>Reads a page and no more of the store's list than it takes.</summary>
    public static async Task<ArtifactListing> ReadAsync(IArtifactStore store, ArtifactKind? only, int page, CancellationToken ct)
    {
        List<Artifact> found = await store.ListAsync(only, ct).Skip((page - 1) * PageSize).Take(PageSize + 1).ToListAsync(ct);
        bool more = found.Count > PageSize;
        if (more)
            found.RemoveAt(PageSize);

        List<Tag> tags = await store.ListTagsAsync(only, ct).ToListAsync(ct);
        return new ArtifactListing(only, page, found, tags.ToLookup(tag => (tag.Kind, tag.Name, tag.Target), tag => tag.Value), more);
    }

    /// <summary>The tags that point to an artifact.</summary>
    public IEnumerable<string> TagsOf(ArtifactRef artifact) => Tags[(artifact.Kind, artifact.Name, artifact.Digest)];
}
