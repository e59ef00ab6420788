using Unreel.Artifacts;

namespace Unreel.Pipelines;

/// <summary>Brings artifacts to this machine, once each, into <c>WORKROOT/inputs/HEX</c>.</summary>
internal sealed class InputFetcher(IArtifactStore store, string workRoot, TimeProvider time)
{
    /// <summary>Brings an artifact's files; of a copy that is here already only what was lost or changed is brought again.</summary>
    /// <returns>The folder with the files, under their titles.</returns>
    public async Task<string> FetchAsync(ArtifactRef artifact, IProgress<StageProgress> progress, CancellationToken ct)
    {
        string folder = Path.Combine(workRoot, "inputs", artifact.Digest.Hex);
        string lockPath = Path.Combine(workRoot, "locks", $"input-{artifact.Digest.Hex[..16]}.lock");
        Artifact described = await store.ReadAsync(artifact, ct);
        using WorkLock held = await WorkLock.TakeAsync(lockPath, wait: true, Waiting, time, ct);

        // A copy without its marker is of no known state: holding the lock, nobody else uses it.
        if (Directory.Exists(folder) && !File.Exists(Path.Combine(folder, ArtifactFolder.Marker)))
            Directory.Delete(folder, recursive: true);

        string fetched = await ArtifactFolder.FetchLinkedAsync(store, described, folder, new DirectProgress<long>(Fetched), ct);
        // By this clearing up knows what has been used lately.
        Directory.SetLastWriteTimeUtc(fetched, time.GetUtcNow().UtcDateTime);
        return fetched;

        void Fetched(long bytes) => progress.Report(new StageProgress("fetching", bytes, described.Size, "bytes", artifact.Name));
        void Waiting(string who) => progress.Report(new StageProgress("waiting", 0, 0, "bytes", $"another process fetches {artifact.Name}"));
    }
}
