using Unreel.Artifacts;

namespace Unreel.Pipelines;

/// <summary>
/// Checks the bytes of finished outputs in a store on this machine. What was read before and has not changed since is
/// remembered, so that only the first look is as long as reading.
/// </summary>
/// <param name="store">The store; one that is elsewhere is not read.</param>
/// <param name="workRoot">Where what was read is remembered.</param>
/// <param name="time">The clock.</param>
/// <param name="remember">Whether to write down what was read.</param>
internal sealed class BlobCheck(IArtifactStore store, string workRoot, TimeProvider time, bool remember)
{
    /// <summary>Says which files of an artifact are damaged, one line each.</summary>
    public async Task<IReadOnlyList<string>> DamageAsync(ArtifactRef artifact, CancellationToken ct)
    {
        FileDigests digests = FileDigests.Load(store.Location, workRoot, time);
        List<string> damage = [];
        foreach (Descriptor layer in (await store.ReadAsync(artifact, ct)).Manifest.Layers)
        {
            if (store.LocalFile(layer.Digest) is not { } path)
                return [];

            Digest found = await digests.OfAsync(new FileInfo(path), layer.Digest.Hex, ct);
            if (found != layer.Digest)
                damage.Add($"{layer.Title ?? "a file"} ({layer.Digest}) has bytes with the digest {found}");
        }

        if (remember)
            digests.Save();
        return damage;
    }
}
