using System.Runtime.CompilerServices;
using Microsoft.Extensions.Logging;
using Unreel.Artifacts.Blobs;

namespace Unreel.Artifacts;

/// <summary>Publishing, finding, reading and listing.</summary>
public sealed partial class ArtifactStore
{
    /// <inheritdoc/>
    public async Task<ArtifactRef> PublishAsync(ArtifactKind kind, string name, Lineage lineage, IReadOnlyList<Descriptor> layers, CancellationToken ct)
    {
        StorePaths.Name(kind, name);
        ManifestRules.CheckTitles(layers);
        byte[] config = CanonicalJson.Write(lineage, $"The lineage of {ArtifactReference.KindText(kind)}/{name}", MaxManifestBytes);
        long seen = _blobs.Options.Time.GetTimestamp();
        await RequireBlobsAsync(layers, ct);
        await KeepInputsAsync(lineage, ct);

        Manifest manifest = new()
        {
            ArtifactType = Manifest.TypeOf(kind),
            Config = await AddBytesAsync(config, Manifest.LineageMediaType, title: null, ct),
            Layers = layers,
            Annotations = new(StringComparer.Ordinal) { [Manifest.NameAnnotation] = name },
        };
        byte[] bytes = CanonicalJson.Write(manifest, $"The manifest of {ArtifactReference.KindText(kind)}/{name} with {layers.Count} files", MaxManifestBytes);
        Descriptor stored = await StoreManifestAsync(bytes, ct);
        ArtifactRef artifact = new(kind, name, stored.Digest);
        await MarkInTimeAsync(StorePaths.Manifest(artifact), [.. layers, manifest.Config, stored], lineage, seen, ct);
        return artifact;
    }

    /// <inheritdoc/>
    public async Task<ArtifactRef?> FindAsync(ArtifactReference reference, CancellationToken ct)
    {
        if (reference.Digest is not { } digest)
            return await ReadTagAsync(reference.Kind, reference.Name, reference.Tag!, ct) is { } tag ? new(tag.Kind, tag.Name, tag.Target) : null;

        ArtifactRef artifact = new(reference.Kind, reference.Name, digest);
        return await _blobs.SizeAsync(StorePaths.Manifest(artifact), ct) is null ? null : artifact;
    }

    /// <inheritdoc/>
    public async Task<Artifact> ReadAsync(ArtifactRef artifact, CancellationToken ct)
    {
        Manifest? manifest = await FindManifestAsync(artifact.Digest, ct);
        return manifest is not null && ManifestRules.Names(manifest, artifact)
            ? new Artifact(artifact, manifest, await ReadLineageAsync(manifest, ct))
            : throw new ArtifactNotFoundException(artifact.ToString(), Location);
    }

    /// <summary>Reads a manifest of whatever kind; null where there is none.</summary>
    internal async Task<Manifest?> FindManifestAsync(Digest digest, CancellationToken ct) =>
        await ReadCheckedAsync(digest, MaxManifestBytes, ct) is { } bytes ? ManifestRules.Read(bytes, $"The manifest {digest} in {Location}") : null;

    /// <summary>Reads the lineage that an artifact's manifest names.</summary>
    internal async Task<Lineage> ReadLineageAsync(Manifest manifest, CancellationToken ct)
    {
        byte[] config = await ReadCheckedAsync(manifest.Config.Digest, MaxManifestBytes, ct)
            ?? throw new BlobMissingException(manifest.Config.Digest, Location);
        return Lineage.Read(config, $"The lineage {manifest.Config.Digest} in {Location}");
    }

    /// <inheritdoc/>
    public async IAsyncEnumerable<ArtifactRef> ListReferencesAsync(ArtifactKind? kind, [EnumeratorCancellation] CancellationToken ct)
    {
        foreach (ArtifactKind each in Kinds(kind))
        {
            await foreach (IReadOnlyList<BlobEntry> page in _blobs.ListAsync(StorePaths.Manifests(each), ct))
            {
                foreach (BlobEntry marker in page)
                {
                    if (TryRef(marker.Path, out ArtifactRef artifact))
                        yield return artifact;
                }
            }
        }
    }

    /// <inheritdoc/>
    public async IAsyncEnumerable<Artifact> ListAsync(ArtifactKind? kind, [EnumeratorCancellation] CancellationToken ct)
    {
        foreach (ArtifactKind each in Kinds(kind))
        {
            await foreach (Artifact? artifact in ReadEachAsync(StorePaths.Manifests(each), ReadListedAsync, ct))
            {
                if (artifact is not null)
                    yield return artifact;
            }
        }
    }

    /// <summary>
    /// Writes the listing's markers anew from the manifests themselves, for a store whose <c>manifests/</c>, <c>referrers/</c> or <c>runs/</c> was lost.
    /// Reads every blob that is small enough to be a manifest.
    /// </summary>
    /// <param name="ct">Cancels; what was written stays.</param>
    /// <returns>The number of manifests found.</returns>
    public async Task<int> RebuildIndexAsync(CancellationToken ct)
    {
        int found = 0;
        await foreach (IReadOnlyList<BlobEntry> page in _blobs.ListAsync("blobs/sha256/", ct))
        {
            foreach (BlobEntry blob in page)
            {
                if (await MarkerOfAsync(blob, ct) is not { } marker)
                    continue;

                await MarkAsync(marker, ct);
                found++;
            }
        }

        return found;
    }

    private async Task<string?> MarkerOfAsync(BlobEntry blob, CancellationToken ct)
    {
        if (blob.Size > MaxManifestBytes || !StorePaths.TryBlob(blob.Path, out Digest digest))
            return null;

        try
        {
            if (await ReadCheckedAsync(digest, MaxManifestBytes, ct) is not { } bytes || !ManifestRules.LooksLikeManifest(bytes))
                return null;

            string what = $"The manifest {digest} in {Location}";
            return await MarkerOfAsync(StoredManifest.Read(bytes, what), what, ct);
        }
        catch (StoreException e) when (e is not StoreUnreachableException)
        {
            // One that is damaged must not keep all others from being found.
            LogLeftAside(e.Message);
            return null;
        }
    }

    /// <summary>Reads what a listing named; null where it was removed since, or is no marker.</summary>
    private async Task<Artifact?> ReadListedAsync(BlobEntry marker, CancellationToken ct)
    {
        if (!TryRef(marker.Path, out ArtifactRef artifact))
            return null;

        try
        {
            return await ReadAsync(artifact, ct);
        }
        catch (StoreException e) when (e is ArtifactNotFoundException or BlobMissingException)
        {
            if (await _blobs.FindAsync(marker.Path, ct) is null)
                return null;

            throw;
        }
    }

    /// <summary>Reads what the paths of a listing stand for, some at once, in the listing's order.</summary>
    private async IAsyncEnumerable<T> ReadEachAsync<T>(string prefix, Func<BlobEntry, CancellationToken, Task<T>> read, [EnumeratorCancellation] CancellationToken ct)
    {
        await foreach (IReadOnlyList<BlobEntry> page in _blobs.ListAsync(prefix, ct))
        {
            foreach (BlobEntry[] some in page.Chunk(AtOnce))
            {
                foreach (T item in await Task.WhenAll(some.Select(item => read(item, ct))))
                    yield return item;
            }
        }
    }

    private bool TryRef(string path, out ArtifactRef artifact)
    {
        if (StorePaths.TryManifest(path, out artifact))
            return true;

        LogForeign(path, Location, "manifests/KIND/NAME/DIGEST");
        return false;
    }

    [LoggerMessage(LogLevel.Warning, "{Path} in {Store} does not belong there and is left aside; expected {Expected}")]
    private partial void LogForeign(string path, string store, string expected);

    private static IEnumerable<ArtifactKind> Kinds(ArtifactKind? kind) =>
        kind is { } one ? [one] : Enum.GetValues<ArtifactKind>().OrderBy(ArtifactReference.KindText, StringComparer.Ordinal);
}
