using Unreel.Artifacts.Blobs;

namespace Unreel.Artifacts;

/// <summary>Everything a store lists apart from its blobs, at one moment.</summary>
internal sealed class StoreContents
{
    /// <summary>The markers of artifacts.</summary>
    public List<(ArtifactRef Artifact, BlobEntry Marker)> Artifacts { get; } = [];

    /// <summary>Tags that hold a digest.</summary>
    public List<Tag> Tags { get; } = [];

    /// <summary>What tags point to.</summary>
    public IEnumerable<ArtifactRef> Tagged => Tags.Select(tag => new ArtifactRef(tag.Kind, tag.Name, tag.Target));

    /// <summary>The markers of manifests that describe others.</summary>
    public List<(Digest Subject, Digest Referrer, BlobEntry Marker)> Referrers { get; } = [];

    /// <summary>The markers of runs' records.</summary>
    public List<(PipelineRunRef Run, BlobEntry Marker)> Runs { get; } = [];

    /// <summary>Records of other parts.</summary>
    public List<BlobEntry> Records { get; } = [];

    /// <summary>Tags that hold no digest: they may have pointed to anything.</summary>
    public List<string> Damaged { get; } = [];

    /// <summary>What belongs to nobody.</summary>
    public List<string> Foreign { get; } = [];

    /// <summary>Lists a store. Markers are listed before tags: what is tagged in between has been touched before.</summary>
    public static async Task<StoreContents> ListAsync(ArtifactStore store, IBlobs blobs, CancellationToken ct)
    {
        StoreContents contents = new();
        await contents.ReadAsync(blobs, "manifests/", contents.AddArtifact, ct);
        await contents.ReadAsync(blobs, "referrers/", contents.AddReferrer, ct);
        await contents.ReadAsync(blobs, StorePaths.Runs, contents.AddRun, ct);
        await contents.ReadAsync(blobs, "records/", marker => AddTo(contents.Records, marker), ct);
        List<ArtifactReference> tags = [];
        await contents.ReadAsync(blobs, "tags/", tag => StorePaths.TryTag(tag.Path, out ArtifactReference? reference) && AddTo(tags, reference), ct);
        await Parallel.ForEachAsync(tags, new ParallelOptions { MaxDegreeOfParallelism = ArtifactStore.AtOnce, CancellationToken = ct }, (tag, token) => contents.AddTagAsync(store, tag, token));
        return contents;
    }

    private async Task ReadAsync(IBlobs blobs, string prefix, Func<BlobEntry, bool> add, CancellationToken ct)
    {
        await foreach (IReadOnlyList<BlobEntry> page in blobs.ListAsync(prefix, ct))
            Foreign.AddRange(page.Where(entry => !add(entry)).Select(entry => entry.Path));
    }

    private static bool AddTo<T>(List<T> list, T item)
    {
        list.Add(item);
        return true;
    }

    private bool AddArtifact(BlobEntry marker) => StorePaths.TryManifest(marker.Path, out ArtifactRef artifact) && AddTo(Artifacts, (artifact, marker));

    private bool AddReferrer(BlobEntry marker) =>
        StorePaths.TryReferrer(marker.Path, out Digest subject, out Digest referrer) && AddTo(Referrers, (subject, referrer, marker));

    private bool AddRun(BlobEntry marker) => StorePaths.TryRun(marker.Path, out PipelineRunRef run) && AddTo(Runs, (run, marker));

    private async ValueTask AddTagAsync(ArtifactStore store, ArtifactReference reference, CancellationToken ct)
    {
        try
        {
            Tag? tag = await store.ReadTagAsync(reference.Kind, reference.Name, reference.Tag!, ct);
            if (tag is not null)
            {
                lock (Tags)
                    Tags.Add(tag);
            }
        }
        catch (StoreException e) when (e is not StoreUnreachableException)
        {
            lock (Damaged)
                Damaged.Add(e.Message);
        }
    }
}
