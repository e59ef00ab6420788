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
        long seen = _blobs.Options.Time.GetTimestamp();
        await RequireBlobsAsync([.. read.Blobs], ct);
        (string marker, Lineage? lineage) = await RequireMarkerAsync(read, what, ct);
        Descriptor stored = await StoreManifestAsync(manifest.ToArray(), ct);
        IEnumerable<Descriptor> subject = read.Manifest.Subject is { } described ? [described] : [];
        await MarkInTimeAsync(marker, [.. read.Blobs, .. subject, stored], lineage, seen, ct);
        return read;
    }

    /// <summary>Where the marker of a manifest belongs, once what it says of itself was found to be so, and an artifact's lineage.</summary>
    private async Task<(string Marker, Lineage? Lineage)> RequireMarkerAsync(StoredManifest manifest, string what, CancellationToken ct)
    {
        Lineage? lineage = null;
        if (manifest.Manifest.Subject is { } subject)
        {
            if ((await _blobs.FindToKeepAsync(StorePaths.Blob(subject.Digest), ct))?.Size != subject.Size)
                throw new StoreException($"{what} describes {subject.Digest} of {subject.Size} bytes, which is not in {Location}.");
        }
        else if (manifest.Artifact is { } artifact)
        {
            byte[] config = await ReadCheckedAsync(manifest.Manifest.Config.Digest, MaxManifestBytes, ct) ?? throw new BlobMissingException(manifest.Manifest.Config.Digest, Location);
            lineage = Lineage.Read(config, $"The lineage of {artifact}");
            await KeepInputsAsync(lineage, ct);
        }

        string marker = await MarkerOfAsync(manifest, what, ct)
            ?? throw new StoreException($"{what} is of the type '{manifest.Manifest.ArtifactType}'; expected {Manifest.TypeOf(ArtifactKind.Onnx)} or of another kind, with its name in the annotation {Manifest.NameAnnotation}, or a subject.");
        return (marker, lineage);
    }

    /// <summary>Where the marker of a manifest of whatever sort belongs; null where it is none of ours.</summary>
    private async Task<string?> MarkerOfAsync(StoredManifest manifest, string what, CancellationToken ct)
    {
        if (manifest.Manifest.Subject is { } subject)
            return StorePaths.Referrer(subject.Digest, manifest.Digest);
        if (manifest.Artifact is { } artifact)
            return StorePaths.Manifest(artifact);

        return manifest.Manifest.ArtifactType == PipelineRun.ArtifactType ? StorePaths.Run(await RunOfAsync(manifest, what, ct)) : null;
    }

    private async Task<PipelineRunRef> RunOfAsync(StoredManifest manifest, string what, CancellationToken ct)
    {
        byte[] document = await ReadCheckedAsync(manifest.Manifest.Config.Digest, MaxManifestBytes, ct) ?? throw new BlobMissingException(manifest.Manifest.Config.Digest, Location);
        PipelineRun run = CanonicalJson.Read<PipelineRun>(document, what);
        return new(DateTimeOffset.FromUnixTimeMilliseconds(run.Started.ToUnixTimeMilliseconds()), manifest.Digest);
    }
}
