namespace Unreel.Artifacts;

/// <summary>
/// Copies artifacts from one store to another, byte for byte, so that digests and signatures stay good. Blobs go first, then manifests, what describes them,
/// and tags last; a copy that was killed is taken up, and what is there is not sent again.
/// </summary>
/// <param name="source">Where from.</param>
/// <param name="target">Where to.</param>
/// <param name="time">The clock of waits between attempts to move a tag.</param>
public sealed class StoreCopy(IArtifactStore source, IArtifactStore target, TimeProvider time)
{
    private const int AtOnce = 4;

    private int _copied, _present, _referrers, _blobs;
    private long _bytes;

    /// <summary>Copies.</summary>
    /// <param name="plan">What; made of the source.</param>
    /// <param name="options">Whether referrers go along; lineage and tags are in the plan.</param>
    /// <param name="progress">Told of each artifact that is whole in the target; null tells nobody.</param>
    /// <param name="ct">Cancels; what was copied stays.</param>
    /// <exception cref="StoreException">The stores are the same, the source is damaged, or one of them fails.</exception>
    public async Task<CopySummary> RunAsync(ExchangePlan plan, ExchangeOptions options, IProgress<CopyStep>? progress, CancellationToken ct)
    {
        if (source.Location == target.Location)
            throw new StoreException($"{source.Location} is both where to copy from and where to; expected two stores.");

        foreach (ArtifactRef artifact in plan.Artifacts)
        {
            long before = Interlocked.Read(ref _bytes);
            bool isNew = await CopyAsync(artifact, ct);
            await CopyFinishedWorkAsync(artifact, ct);
            _ = isNew ? _copied++ : _present++;
            if (options.Referrers)
                await CopyReferrersAsync(artifact.Digest, ct);

            progress?.Report(new CopyStep(artifact, isNew, Interlocked.Read(ref _bytes) - before));
        }

        List<MovedTag> moved = [];
        foreach ((ArtifactReference tag, ArtifactRef artifact) in plan.Targets)
            moved.Add(await MoveAsync(tag, artifact, ct));

        return new CopySummary(_copied, _present, _referrers, _blobs, _bytes, moved, plan.Missing);
    }

    /// <summary>Copies the records of pipelines' runs with their logs; those that are there stay as they are.</summary>
    /// <returns>How many were new.</returns>
    public async Task<int> CopyRunsAsync(CancellationToken ct)
    {
        HashSet<PipelineRunRef> there = [.. await target.ListPipelineRunsAsync(ct)];
        int copied = 0;
        foreach (PipelineRunRef run in await source.ListPipelineRunsAsync(ct))
        {
            if (there.Contains(run))
                continue;

            await CopyManifestAsync(await ReadAsync(run.Digest, ct), isPublished: false, ct);
            copied++;
        }

        return copied;
    }

    private async Task<bool> CopyAsync(ArtifactRef artifact, CancellationToken ct)
    {
        StoredManifest manifest = await ReadAsync(artifact.Digest, ct);
        if (manifest.Artifact != artifact)
            throw new ArtifactNotFoundException(artifact.ToString(), source.Location);

        bool isPublished = await target.FindAsync(ArtifactReference.To(artifact), ct) is not null;
        return await CopyManifestAsync(manifest, isPublished, ct) || !isPublished;
    }

    /// <summary>The target comes to know which work led to the artifact, so that a pipeline there finds it done.</summary>
    private async Task CopyFinishedWorkAsync(ArtifactRef artifact, CancellationToken ct)
    {
        if ((await source.ReadAsync(artifact, ct)).Lineage.Key is not { } key)
            return;

        string path = WorkRecords.PathOf(key);
        if (await source.ReadRecordAsync(path, ct) is { } record && await target.ReadRecordAsync(path, ct) is null)
            await target.WriteRecordAsync(path, record, ct);
    }

    private async Task CopyReferrersAsync(Digest subject, CancellationToken ct)
    {
        HashSet<Digest> there = await target.ListReferrersAsync(subject, ct).Select(referrer => referrer.Digest).ToHashSetAsync(cancellationToken: ct);
        await foreach (Referrer referrer in source.ListReferrersAsync(subject, ct))
        {
            bool isNew = await CopyManifestAsync(await ReadAsync(referrer.Digest, ct), there.Contains(referrer.Digest), ct);
            if (isNew || !there.Contains(referrer.Digest))
                _referrers++;
        }
    }

    /// <summary>Copies blobs and then the manifest; of what is published already only what is missing, or has another size.</summary>
    /// <returns>Whether a blob was sent.</returns>
    private async Task<bool> CopyManifestAsync(StoredManifest manifest, bool isPublished, CancellationToken ct)
    {
        int sent = 0;
        IEnumerable<Descriptor> blobs = manifest.Blobs.DistinctBy(blob => blob.Digest);
        await Parallel.ForEachAsync(blobs, new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = ct }, async (blob, token) =>
        {
            long? size = await target.SizeAsync(blob.Digest, token);
            if (isPublished && size == blob.Size)
                return;

            // One that is there although nobody published it is what a killed copy left: the store looks whether its bytes are right.
            await target.AddBlobAsync(blob, source.Location, inner => source.OpenAsync(blob, inner), token);
            if (size == blob.Size)
                return;

            Interlocked.Increment(ref sent);
            Interlocked.Increment(ref _blobs);
            Interlocked.Add(ref _bytes, blob.Size);
        });

        // Also where it is there: what is used again must not look forgotten to garbage collection.
        await target.PutManifestAsync(manifest.Bytes, ct);
        return sent > 0;
    }

    private async Task<StoredManifest> ReadAsync(Digest digest, CancellationToken ct) =>
        await source.ReadManifestAsync(digest, ct) ?? throw new BlobMissingException(digest, source.Location);

    private async Task<MovedTag> MoveAsync(ArtifactReference tag, ArtifactRef artifact, CancellationToken ct)
    {
        Tag? before = await target.ReadTagAsync(tag.Kind, tag.Name, tag.Tag!, ct);
        await target.MoveTagAsync(artifact, tag.Tag!, time, ct);
        return new MovedTag(tag, before?.Target, artifact.Digest);
    }
}

/// <summary>An artifact that is whole in the target.</summary>
/// <param name="Artifact">The artifact.</param>
/// <param name="IsNew">Whether anything of it was missing there.</param>
/// <param name="Bytes">The bytes that were sent for it.</param>
public sealed record CopyStep(ArtifactRef Artifact, bool IsNew, long Bytes);

/// <summary>A tag that was set.</summary>
/// <param name="Tag">The tag.</param>
/// <param name="Before">Where it pointed before; null where it did not exist.</param>
/// <param name="Now">Where it points.</param>
public sealed record MovedTag(ArtifactReference Tag, Digest? Before, Digest Now);

/// <summary>What came of a copy.</summary>
/// <param name="Copied">Artifacts of which something was missing in the target.</param>
/// <param name="Present">Artifacts that were there whole.</param>
/// <param name="Referrers">Run records, signatures and the like that were missing.</param>
/// <param name="Blobs">Blobs that were sent.</param>
/// <param name="Bytes">Their bytes.</param>
/// <param name="Tags">The tags that were set.</param>
/// <param name="Missing">Inputs that the source itself does not have.</param>
public sealed record CopySummary(int Copied, int Present, int Referrers, int Blobs, long Bytes, IReadOnlyList<MovedTag> Tags, IReadOnlyList<LineageInput> Missing);
