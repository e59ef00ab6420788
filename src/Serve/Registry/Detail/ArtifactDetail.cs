using Unreel.Artifacts;

namespace Unreel.Serve.Registry;

/// <summary>All that the page of one artifact shows.</summary>
/// <param name="Artifact">The artifact.</param>
/// <param name="Snapshot">What else there is.</param>
/// <param name="Records">When and where it was made, and who signed it.</param>
/// <param name="Model">What its model consists of; null where it holds none.</param>
/// <param name="Looks">What its files hold.</param>
/// <param name="Query">What of it the page is asked to show.</param>
internal sealed record ArtifactDetail(Artifact Artifact, IndexSnapshot Snapshot, ArtifactRecords Records, ModelLook? Model, ArtifactLooks Looks, DetailQuery Query)
{
    /// <summary>Reads runs beside the artifact, and looks at its files.</summary>
    public static async Task<ArtifactDetail> ReadAsync(IArtifactStore store, IndexSnapshot snapshot, Artifact artifact, DetailQuery query, CancellationToken ct) => new(
        artifact,
        snapshot,
        await ArtifactRecords.ReadAsync(store, artifact.Reference, ct),
        await ModelLook.ReadAsync(store, artifact, ct),
        await ArtifactLooks.ReadAsync(store, artifact, ct),
        query);
}

/// <summary>What of an artifact its page is asked to show.</summary>
/// <param name="Depth">How many steps of its lineage, each way.</param>
/// <param name="Clips">Which page of its videos.</param>
/// <param name="Files">Which page of its files.</param>
internal sealed record DetailQuery(int Depth, int Clips, int Files)
{
    /// <summary>The most steps of lineage that a page draws.</summary>
    public const int MostDepth = 16;

    /// <summary>What is shown where nothing is asked for.</summary>
    public static DetailQuery Default { get; } = new(4, 1, 1);

    /// <summary>Reads a query.</summary>
    /// <exception cref="Http.RequestException">A parameter is unknown or out of its range (400).</exception>
    public static DetailQuery Read(IQueryCollection query)
    {
        const int Most = 100_000;
        Classify.QueryReader reader = new(query, "depth", "clips", "files");
        return new(reader.Whole("depth", 1, MostDepth) ?? Default.Depth, reader.Whole("clips", 1, Most) ?? 1, reader.Whole("files", 1, Most) ?? 1);
    }
}
