using Unreel.Artifacts.Blobs;

namespace Unreel.Artifacts;

/// <summary>Manifests and blobs that come from elsewhere and keep their digests.</summary>
public sealed partial class ArtifactStore
{
    /// <inheritdoc/>
    public Task<long?> SizeAsync(Digest blob, CancellationToken ct) => _blobs.SizeAsync(StorePaths.Blob(blob), ct);

    /// <inheritdoc/>
    public async Task<StoredManifest?> ReadManifestAsync(Digest manifest, CancellationToken ct)
    {
        // A blob that is too large for a manifest is some file of an artifact.
        if (await SizeAsync(manifest, ct) is not <= MaxManifestBytes)
            return null;

        byte[]? bytes = await ReadCheckedAsync(manifest, MaxManifestBytes, ct);
        return bytes is null || !ManifestRules.LooksLikeManifest(bytes)
            ? null
            : new StoredManifest(manifest, bytes, ManifestRules.Read(bytes, $"The manifest {manifest} in {Location}"));
    }

    /// <inheritdoc/>
    public Task AddBlobAsync(Descriptor blob, string from, Func<CancellationToken, Task<Stream>> open, CancellationToken ct) =>
        StoreAsync(BlobSource.Of(blob, () => new DigestStream(new DeferredStream(open), blob, from, _ => { })), ct);

    /// <inheritdoc/>
    public async Task<StoredManifest> PutManifestAsync(ReadOnlyMemory<byte> manifest, CancellationToken ct)
    {
        string what = $"The manifest {Digest.Of(manifest.Span)}";
        StoredManifest read = StoredManifest.Read(manifest, what);
        await RequireBlobsAsync([.. read.Blobs], ct);
        string marker = await MarkerOfAsync(read, what, ct);
        await StoreManifestAsync(manifest.ToArray(), ct);
        await MarkAsync(marker, ct);
        return read;
    }

    /// <summary>Where the marker of a manifest belongs, once what it says of itself was found to be so.</summary>
    private async Task<string> MarkerOfAsync(StoredManifest manifest, string what, CancellationToken ct)
    {
        if (manifest.Manifest.Subject is { } subject)
        {
            if (await SizeAsync(subject.Digest, ct) != subject.Size)
                throw new StoreException($"{what} describes {subject.Digest} of {subject.Size} bytes, which is not in {Location}.");
        }
        else if (manifest.Artifact is { } artifact)
        {
            byte[] lineage = await ReadCheckedAsync(manifest.Manifest.Config.Digest, MaxManifestBytes, ct) ?? throw new BlobMissingException(manifest.Manifest.Config.Digest, Location);
            Lineage.Read(lineage, $"The lineage of {artifact}");
        }
        else if (manifest.Manifest.ArtifactType == PipelineRun.ArtifactType)
        {
            return StorePaths.Run(await RunOfAsync(manifest, what, ct));
        }

        return ManifestRules.MarkerOf(manifest.Bytes.ToArray(), manifest.Digest)
            ?? throw new StoreException($"{what} is of the type '{manifest.Manifest.ArtifactType}'; expected {Manifest.TypeOf(ArtifactKind.Onnx)} or of another kind, with its name in the annotation {Manifest.NameAnnotation}, or a subject.");
    }

    private async Task<PipelineRunRef> RunOfAsync(StoredManifest manifest, string what, CancellationToken ct)
    {
        byte[] document = await ReadCheckedAsync(manifest.Manifest.Config.Digest, MaxManifestBytes, ct) ?? throw new BlobMissingException(manifest.Manifest.Config.Digest, Location);
        PipelineRun run = CanonicalJson.Read<PipelineRun>(document, what);
        return new(DateTimeOffset.FromUnixTimeMilliseconds(run.Started.ToUnixTimeMilliseconds()), manifest.Digest);
    }
}
