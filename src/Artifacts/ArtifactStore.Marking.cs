using Unreel.Artifacts.Blobs;

namespace Unreel.Artifacts;

/// <summary>Writing manifests beside a garbage collection: what a manifest counts on is kept until its marker makes it safe.</summary>
public sealed partial class ArtifactStore
{
    private async Task<Descriptor> StoreManifestAsync(byte[] bytes, CancellationToken ct)
    {
        BlobSource source = BlobSource.Of(bytes);
        await StoreAsync(source, ct);
        return new Descriptor { MediaType = Manifest.ManifestMediaType, Digest = source.Digest, Size = bytes.Length };
    }

    /// <summary>
    /// Lists a manifest while what it names is known to be there. What was seen longer ago than <see cref="ArtifactStoreOptions.TouchAfter"/>
    /// may have been collected since, and is looked at, and touched, once more.
    /// </summary>
    /// <param name="marker">The marker to write.</param>
    /// <param name="blobs">All that it counts on, the manifest itself and what it describes included.</param>
    /// <param name="lineage">Whose inputs are in use; null where there are none.</param>
    /// <param name="seen">When <paramref name="blobs"/> were required first.</param>
    /// <param name="ct">Cancels.</param>
    /// <exception cref="BlobMissingException">Something was collected meanwhile: it must be brought again.</exception>
    private async Task MarkInTimeAsync(string marker, IReadOnlyList<Descriptor> blobs, Lineage? lineage, long seen, CancellationToken ct)
    {
        for (int attempt = 0; _blobs.Options.Time.GetElapsedTime(seen) >= _blobs.Options.TouchAfter; attempt++)
        {
            if (attempt == Attempts)
                throw new StoreException($"Looking at {blobs.Count} blobs in {Location} takes longer than {_blobs.Options.TouchAfter.TotalMinutes:0.##} minutes, after which they may be collected; nothing was published.");

            seen = _blobs.Options.Time.GetTimestamp();
            await RequireBlobsAsync(blobs, ct);
            if (lineage is not null)
                await KeepInputsAsync(lineage, ct);
        }

        await MarkAsync(marker, ct);
    }

    internal async Task MarkAsync(string marker, CancellationToken ct)
    {
        if (await _blobs.FindToKeepAsync(marker, ct) is null)
            await _blobs.PutAsync(marker, BlobSource.Of(default), ct);
    }

    /// <summary>What is used as an input is in use, tagged or not.</summary>
    private async Task KeepInputsAsync(Lineage lineage, CancellationToken ct)
    {
        foreach (LineageInput input in lineage.Inputs)
        {
            if (ArtifactReference.TryParse(input.Reference, out ArtifactReference? named, out _) && named.Digest == input.Digest)
                await _blobs.FindToKeepAsync(StorePaths.Manifest(new ArtifactRef(named.Kind, named.Name, input.Digest)), ct);
        }
    }

    private Task RequireBlobsAsync(IReadOnlyList<Descriptor> layers, CancellationToken ct) =>
        Parallel.ForEachAsync(layers, new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = ct }, async (layer, token) =>
        {
            BlobEntry blob = await _blobs.FindToKeepAsync(StorePaths.Blob(layer.Digest), token) ?? throw new BlobMissingException(layer.Digest, Location);
            if (blob.Size != layer.Size)
                throw new StoreException($"The blob {layer.Digest} in {Location} has {blob.Size} bytes; the manifest would say {layer.Size}.");
        });
}
