using System.Runtime.CompilerServices;
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
        await RequireBlobsAsync(layers, ct);

        Manifest manifest = new()
        {
            ArtifactType = Manifest.TypeOf(kind),
            Config = await AddBytesAsync(config, Manifest.LineageMediaType, title: null, ct),
            Layers = layers,
            Annotations = new(StringComparer.Ordinal) { [Manifest.NameAnnotation] = name },
        };
        byte[] bytes = CanonicalJson.Write(manifest, $"The manifest of {ArtifactReference.KindText(kind)}/{name} with {layers.Count} files", MaxManifestBytes);
        ArtifactRef artifact = new(kind, name, await StoreManifestAsync(bytes, ct));
        await MarkAsync(StorePaths.Manifest(artifact), ct);
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
        byte[] bytes = await ReadCheckedAsync(artifact.Digest, MaxManifestBytes, ct)
            ?? throw new ArtifactNotFoundException(artifact.ToString(), Location);
        Manifest manifest = ManifestRules.Read(bytes, $"The manifest {artifact} in {Location}");
        if (!ManifestRules.Names(manifest, artifact))
            throw new ArtifactNotFoundException(artifact.ToString(), Location);

        byte[] config = await ReadCheckedAsync(manifest.Config.Digest, MaxManifestBytes, ct)
            ?? throw new BlobMissingException(manifest.Config.Digest, Location);
        return new Artifact(artifact, manifest, Lineage.Read(config, $"The lineage of {artifact} in {Location}"));
    }

    /// <inheritdoc/>
    public async IAsyncEnumerable<ArtifactRef> ListReferencesAsync(ArtifactKind? kind, [EnumeratorCancellation] CancellationToken ct)
    {
        foreach (ArtifactKind each in Kinds(kind))
        {
            await foreach (IReadOnlyList<string> page in _blobs.ListAsync(StorePaths.Manifests(each), ct))
            {
                foreach (string path in page)
                    yield return RefOf(each, path);
            }
        }
    }

    /// <inheritdoc/>
    public async IAsyncEnumerable<Artifact> ListAsync(ArtifactKind? kind, [EnumeratorCancellation] CancellationToken ct)
    {
        foreach (ArtifactKind each in Kinds(kind))
        {
            await foreach (Artifact artifact in ReadEachAsync(StorePaths.Manifests(each), path => ReadAsync(RefOf(each, path), ct), ct))
                yield return artifact;
        }
    }

    /// <summary>
    /// Writes the listing's markers anew from the manifests themselves, for a store whose <c>manifests/</c> or <c>referrers/</c> was lost.
    /// Reads every blob that is small enough to be a manifest.
    /// </summary>
    /// <param name="ct">Cancels; what was written stays.</param>
    /// <returns>The number of manifests found.</returns>
    public async Task<int> RebuildIndexAsync(CancellationToken ct)
    {
        int found = 0;
        await foreach (IReadOnlyList<string> page in _blobs.ListAsync("blobs/sha256/", ct))
        {
            foreach (string path in page)
            {
                if (await MarkerOfAsync(path, ct) is not { } marker)
                    continue;

                await MarkAsync(marker, ct);
                found++;
            }
        }

        return found;
    }

    private async Task<string?> MarkerOfAsync(string path, CancellationToken ct)
    {
        if (await _blobs.SizeAsync(path, ct) is not <= MaxManifestBytes || !Digest.TryParse($"sha256:{path[(path.LastIndexOf('/') + 1)..]}", out Digest digest))
            return null;

        byte[]? bytes = await ReadCheckedAsync(digest, MaxManifestBytes, ct);
        return bytes is null ? null : ManifestRules.MarkerOf(bytes, digest);
    }

    private async Task<Digest> StoreManifestAsync(byte[] bytes, CancellationToken ct)
    {
        BlobSource source = BlobSource.Of(bytes);
        await StoreAsync(source, ct);
        return source.Digest;
    }

    private async Task MarkAsync(string marker, CancellationToken ct)
    {
        if (await _blobs.SizeAsync(marker, ct) is null)
            await _blobs.PutAsync(marker, BlobSource.Of(default), ct);
    }

    private Task RequireBlobsAsync(IReadOnlyList<Descriptor> layers, CancellationToken ct) =>
        Parallel.ForEachAsync(layers, new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = ct }, async (layer, token) =>
        {
            long size = await _blobs.SizeAsync(StorePaths.Blob(layer.Digest), token) ?? throw new BlobMissingException(layer.Digest, Location);
            if (size != layer.Size)
                throw new StoreException($"The blob {layer.Digest} in {Location} has {size} bytes; the manifest would say {layer.Size}.");
        });

    /// <summary>Reads what the paths of a listing stand for, some at once, in the listing's order.</summary>
    private async IAsyncEnumerable<T> ReadEachAsync<T>(string prefix, Func<string, Task<T>> read, [EnumeratorCancellation] CancellationToken ct)
    {
        await foreach (IReadOnlyList<string> page in _blobs.ListAsync(prefix, ct))
        {
            foreach (string[] some in page.Chunk(AtOnce))
            {
                foreach (T item in await Task.WhenAll(some.Select(read)))
                    yield return item;
            }
        }
    }

    private ArtifactRef RefOf(ArtifactKind kind, string path) =>
        path.Split('/') is [_, _, var name, var hex] && Digest.TryParse($"sha256:{hex}", out Digest digest)
            ? new(kind, name, digest)
            : throw new StoreException($"{path} in {Location} does not belong there; expected manifests/KIND/NAME/DIGEST.");

    private static IEnumerable<ArtifactKind> Kinds(ArtifactKind? kind) =>
        kind is { } one ? [one] : Enum.GetValues<ArtifactKind>().OrderBy(ArtifactReference.KindText, StringComparer.Ordinal);
}
