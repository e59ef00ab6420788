using Unreel.Artifacts;

namespace Unreel.Serve.Registry;

/// <summary>All that the page of one artifact shows.</summary>
/// <param name="Artifact">The artifact.</param>
/// <param name="Tags">The tags that point to it.</param>
/// <param name="Runs">When and where it was made, oldest first.</param>
/// <param name="Model">What its model consists of; null where it holds none.</param>
internal sealed record ArtifactDetail(Artifact Artifact, IReadOnlyList<string> Tags, IReadOnlyList<RunRecord> Runs, ModelLook? Model)
{
    /// <summary>Reads tags and runs beside the artifact, and looks at its model.</summary>
    public static async Task<ArtifactDetail> ReadAsync(IArtifactStore store, Artifact artifact, CancellationToken ct)
    {
        ArtifactRef reference = artifact.Reference;
        List<string> tags = await store.ListTagsAsync(reference.Kind, ct)
            .Where(tag => tag.Name == reference.Name && tag.Target == reference.Digest)
            .Select(tag => tag.Value)
            .ToListAsync(ct);
        return new ArtifactDetail(artifact, tags, await store.RunsAsync(reference, ct), await ModelLook.ReadAsync(store, artifact, ct));
    }
}
