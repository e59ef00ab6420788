using System.Runtime.CompilerServices;
using Unreel.Artifacts.Blobs;

namespace Unreel.Artifacts;

/// <summary>Manifests that describe others.</summary>
public sealed partial class ArtifactStore
{
    /// <inheritdoc/>
    public async Task<Referrer> AttachAsync(ArtifactRef subject, string artifactType, IReadOnlyList<Descriptor> layers, CancellationToken ct)
    {
        string what = $"What is attached to {subject}";
        long seen = _blobs.Options.Time.GetTimestamp();
        byte[] described = await ReadCheckedAsync(subject.Digest, MaxManifestBytes, ct) ?? throw new ArtifactNotFoundException(subject.ToString(), Location);
        ManifestRules.CheckTitles(layers);
        await RequireBlobsAsync(layers, ct);
        Manifest manifest = new()
        {
            ArtifactType = artifactType,
            Config = await AddBytesAsync(EmptyDocument, Manifest.EmptyMediaType, title: null, ct),
            Layers = layers,
            Subject = new() { MediaType = Manifest.ManifestMediaType, Digest = subject.Digest, Size = described.Length },
        };
        byte[] bytes = CanonicalJson.Write(manifest, what, MaxManifestBytes);
        Descriptor stored = await StoreManifestAsync(bytes, ct);
        await MarkInTimeAsync(StorePaths.Referrer(subject.Digest, stored.Digest), [.. layers, manifest.Config, manifest.Subject, stored], lineage: null, seen, ct);
        return new Referrer(subject.Digest, stored.Digest, bytes.Length, manifest);
    }

    /// <inheritdoc/>
    public async IAsyncEnumerable<Referrer> ListReferrersAsync(Digest subject, [EnumeratorCancellation] CancellationToken ct)
    {
        await foreach (Referrer? referrer in ReadEachAsync(StorePaths.Referrers(subject), ReadReferrerAsync, ct))
        {
            if (referrer is not null)
                yield return referrer;
        }
    }

    /// <summary>Reads what a listing named; null where it was removed since, or is no marker.</summary>
    private async Task<Referrer?> ReadReferrerAsync(BlobEntry marker, CancellationToken ct)
    {
        if (!StorePaths.TryReferrer(marker.Path, out Digest subject, out Digest digest))
        {
            LogForeign(marker.Path, Location, "referrers/SUBJECT/DIGEST");
            return null;
        }

        byte[]? bytes = await ReadCheckedAsync(digest, MaxManifestBytes, ct);
        if (bytes is null)
            return await _blobs.FindAsync(marker.Path, ct) is null ? null : throw new BlobMissingException(digest, Location);

        Manifest manifest = ManifestRules.Read(bytes, $"The manifest {digest} in {Location}");
        return manifest.Subject?.Digest == subject
            ? new Referrer(subject, digest, bytes.Length, manifest)
            : throw new StoreException($"{marker.Path} in {Location} lies: that manifest describes {manifest.Subject?.Digest.ToString() ?? "nothing"}.");
    }

    private async Task<RunRecord?> ReadRunAsync(Referrer referrer, CancellationToken ct)
    {
        if (referrer.Manifest.ArtifactType != RunRecord.ArtifactType || referrer.Manifest.Layers is not [var layer])
            return null;

        byte[] document = await ReadCheckedAsync(layer.Digest, MaxRecordBytes, ct) ?? throw new BlobMissingException(layer.Digest, Location);
        return CanonicalJson.Read<RunRecord>(document, $"The run record {layer.Digest} in {Location}");
    }
}
