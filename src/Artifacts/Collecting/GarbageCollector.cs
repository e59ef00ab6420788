using System.Collections.Concurrent;
using Unreel.Artifacts.Blobs;

namespace Unreel.Artifacts;

/// <summary>
/// Removes what neither tags nor lineage reach. Order: markers of what nothing reaches; another look at markers and tags; referrers, runs and
/// records; manifests; other blobs. Killed between any two steps it leaves a store in which everything that is listed is whole, and the next one goes on.
/// </summary>
/// <remarks>
/// What makes it safe beside writers: whoever uses again what is there touches it (<see cref="ArtifactStoreOptions.TouchAfter"/>), nothing goes
/// that was touched since it was listed, and nothing that is younger than the grace was when the collection began.
/// </remarks>
internal sealed class GarbageCollector(ArtifactStore store, IBlobs blobs, CollectionOptions options, IProgress<CollectionProgress>? progress)
{
    private readonly CollectionTally _tally = new();
    private readonly Reachable _reached = new(store, store.Location, progress);
    private readonly ConcurrentBag<string> _notes = [];
    private readonly DateTimeOffset _before = blobs.Options.Time.GetUtcNow() - options.Grace;
    private int _spared;

    public async Task<CollectionReport> RunAsync(CancellationToken ct)
    {
        StoreContents contents = await StoreContents.ListAsync(store, blobs, ct);
        DateTimeOffset older = blobs.Options.Time.GetUtcNow() - (options.Older is { } asked && asked > options.Grace ? asked : options.Grace);
        await ReachAsync(contents, contents.Artifacts.Where(artifact => artifact.Marker.Modified >= older).Select(artifact => artifact.Artifact.Digest), ct);
        List<(ArtifactRef Artifact, BlobEntry Marker)> dead = [.. contents.Artifacts.Where(artifact => !_reached.HasArtifact(artifact.Artifact.Digest))];
        await NameAsync(dead, ct);

        // Before anything goes: what cannot be read among descriptions must stop everything too.
        await ReachDescriptionsAsync(contents, ct);
        if (!IsBlocked(contents))
            await CollectAsync("removing artifacts", [.. dead.Select(artifact => artifact.Marker)], ct);

        if (options.Delete && !IsBlocked(contents))
        {
            contents = await StoreContents.ListAsync(store, blobs, ct);
            await RestoreTaggedAsync(contents, ct);
            await ReachAsync(contents, contents.Artifacts.Select(artifact => artifact.Artifact.Digest), ct);
        }

        await ReachDescriptionsAsync(contents, ct);
        if (IsBlocked(contents))
            return Report(contents, dead.Count);

        await new RecordSweep(blobs, options, _reached, _tally, _before).RunAsync(contents, Sweep, ct);
        await CollectBlobsAsync(ct);
        return Report(contents, dead.Count);

        Task Sweep(List<BlobEntry> markers) => CollectAsync("removing records", markers, ct);
    }

    private bool IsBlocked(StoreContents contents) => !_reached.Unreadable.IsEmpty || contents.Damaged.Count > 0;

    private Task ReachAsync(StoreContents contents, IEnumerable<Digest> roots, CancellationToken ct)
    {
        HashSet<Digest> listed = [.. contents.Artifacts.Select(artifact => artifact.Artifact.Digest), .. contents.Tagged.Select(tagged => tagged.Digest)];
        return _reached.AddAsync(roots.Concat(contents.Tagged.Select(tagged => tagged.Digest)), listed.Contains, ct);
    }

    /// <summary>What describes something that stays, or is too young to go, stays; also where that describes something in turn.</summary>
    private async Task ReachDescriptionsAsync(StoreContents contents, CancellationToken ct)
    {
        ILookup<Digest, Digest> referrers = contents.Referrers.ToLookup(referrer => referrer.Subject, referrer => referrer.Referrer);
        HashSet<Digest> seen = [];
        List<Digest> wave = [.. contents.Referrers.Where(referrer => referrer.Marker.Modified >= _before || _reached.HasBlob(referrer.Subject)).Select(referrer => referrer.Referrer).Where(seen.Add)];
        while (wave.Count > 0)
        {
            await KeepAsync(wave, ct);
            wave = [.. wave.SelectMany(referrer => referrers[referrer]).Where(seen.Add)];
        }

        DateTimeOffset kept = blobs.Options.Time.GetUtcNow() - options.KeepRuns;
        await KeepAsync(contents.Runs.Where(run => run.Run.Started >= kept || run.Marker.Modified >= _before).Select(run => run.Run.Digest), ct);
    }

    private Task KeepAsync(IEnumerable<Digest> manifests, CancellationToken ct) => Parallel.ForEachAsync(manifests, Some(ct), async (manifest, token) =>
    {
        if (await _reached.AddManifestAsync(manifest, token) is { } why)
            _notes.Add(why);
    });

    /// <summary>Says of the blobs of what goes to whom they belong; for the report, and to know manifests from other files.</summary>
    private Task NameAsync(List<(ArtifactRef Artifact, BlobEntry Marker)> dead, CancellationToken ct) => Parallel.ForEachAsync(dead, Some(ct), async (each, token) =>
    {
        _tally.AddOwner(each.Artifact.Digest, each.Artifact.ToString(), CollectionReason.Untagged, each.Marker.Modified, isManifest: true);
        try
        {
            if (await store.FindManifestAsync(each.Artifact.Digest, token) is not { } manifest)
                return;

            foreach (Descriptor blob in manifest.Layers.Append(manifest.Config))
                _tally.AddOwner(blob.Digest, each.Artifact.ToString(), CollectionReason.Untagged, each.Marker.Modified, isManifest: false);
        }
        catch (StoreException e) when (e is not StoreUnreachableException)
        {
            _notes.Add(e.Message);
        }
    });

    /// <summary>A tag that was set while its artifact was being removed brings it back.</summary>
    private async Task RestoreTaggedAsync(StoreContents contents, CancellationToken ct)
    {
        HashSet<ArtifactRef> listed = [.. contents.Artifacts.Select(artifact => artifact.Artifact)];
        foreach (ArtifactRef tagged in contents.Tagged.Where(tagged => !listed.Contains(tagged)))
        {
            if (await blobs.FindAsync(StorePaths.Blob(tagged.Digest), ct) is not null)
                await store.MarkAsync(StorePaths.Manifest(tagged), ct);
        }
    }

    private async Task CollectBlobsAsync(CancellationToken ct)
    {
        List<BlobEntry> manifests = [], others = [], unknown = [];
        await foreach (IReadOnlyList<BlobEntry> page in blobs.ListAsync("blobs/", ct))
        {
            foreach (BlobEntry blob in page)
            {
                if (!StorePaths.TryBlob(blob.Path, out Digest digest))
                    _notes.Add($"{blob.Path} belongs to nobody");
                else if (_reached.HasBlob(digest))
                    continue;
                else if (blob.Modified >= _before)
                    _tally.Young++;
                else
                    (_tally.IsManifest(digest) switch { true => manifests, false => others, null => unknown }).Add(blob);
            }
        }

        // What a collection that was killed left of an artifact: its manifest must not outlive its files.
        foreach (BlobEntry blob in options.Delete ? unknown : [])
            (await store.IsManifestAsync(blob, ct) ? manifests : others).Add(blob);
        if (!options.Delete)
            others.AddRange(unknown);

        await CollectAsync("removing manifests", manifests, ct);
        await CollectAsync("removing blobs", others, ct);
    }

    private async Task CollectAsync(string activity, List<BlobEntry> entries, CancellationToken ct)
    {
        int done = 0;
        await Parallel.ForEachAsync(entries, Some(ct), async (entry, token) =>
        {
            if (!options.Delete || await blobs.TryCollectAsync(entry, token))
                _tally.Count(entry);
            else
                Interlocked.Increment(ref _spared);

            progress?.Report(new CollectionProgress(options.Delete ? activity : "counting", Interlocked.Increment(ref done), entries.Count));
        });
    }

    private CollectionReport Report(StoreContents contents, int dead) => _tally.Report(options) with
    {
        Kept = options.Delete ? contents.Artifacts.Count : contents.Artifacts.Count - dead,
        Spared = _spared,
        Blocked = [.. _reached.Unreadable.Concat(contents.Damaged).Order(StringComparer.Ordinal)],
        Notes = [.. _notes.Concat(contents.Foreign.Select(path => $"{path} belongs to nobody")).Order(StringComparer.Ordinal)],
    };

    private static ParallelOptions Some(CancellationToken ct) => new() { MaxDegreeOfParallelism = ArtifactStore.AtOnce, CancellationToken = ct };
}
