using System.Collections.Concurrent;
using Unreel.Artifacts.Blobs;

namespace Unreel.Artifacts;

/// <summary>Counts what goes, and says to whom it belonged.</summary>
internal sealed class CollectionTally
{
    private readonly ConcurrentDictionary<Digest, Owner> _owners = new();
    private readonly Dictionary<string, CollectedItem> _items = new(StringComparer.Ordinal);
    private readonly Lock _lock = new();
    private int _blobs;
    private long _bytes;

    /// <summary>Blobs that nothing names and that are too young to go.</summary>
    public int Young { get; set; }

    /// <summary>Says to whom a blob belongs that nothing needs which stays.</summary>
    public void AddOwner(Digest blob, string name, CollectionReason reason, DateTimeOffset modified, bool isManifest) =>
        _owners.TryAdd(blob, new Owner(name, reason, modified, isManifest));

    /// <summary>Whether a blob is a manifest; null where nobody is known to whom it belongs.</summary>
    public bool? IsManifest(Digest blob) => _owners.TryGetValue(blob, out Owner? owner) ? owner.IsManifest : null;

    /// <summary>Counts something that went, or would.</summary>
    public void Count(BlobEntry entry)
    {
        bool isBlob = StorePaths.TryBlob(entry.Path, out Digest digest);
        Owner owner = isBlob ? _owners.GetValueOrDefault(digest) ?? new Owner(digest.ToString(), CollectionReason.Unnamed, entry.Modified, false) : OwnerOf(entry);
        lock (_lock)
        {
            if (isBlob)
            {
                _blobs++;
                _bytes += entry.Size;
            }

            CollectedItem before = _items.GetValueOrDefault(owner.Name) ?? new CollectedItem(owner.Name, owner.Reason, 0, owner.Modified);
            _items[owner.Name] = before with { Bytes = before.Bytes + entry.Size };
        }
    }

    /// <summary>The sums; what the tally does not know is left for others to fill in.</summary>
    public CollectionReport Report(CollectionOptions options) => new()
    {
        Deleted = options.Delete,
        Kept = 0,
        Blobs = _blobs,
        Bytes = _bytes,
        Young = Young,
        Spared = 0,
        Sums = [.. _items.Values.GroupBy(item => item.Reason).OrderBy(group => group.Key).Select(group => new CollectedSum(group.Key, group.Count(), group.Sum(item => item.Bytes)))],
        Largest = [.. _items.Values.OrderByDescending(item => item.Bytes).ThenBy(item => item.Name, StringComparer.Ordinal).Take(options.Largest)],
        Blocked = [],
        Notes = [],
    };

    private static Owner OwnerOf(BlobEntry entry)
    {
        if (StorePaths.TryManifest(entry.Path, out ArtifactRef artifact))
            return new Owner(artifact.ToString(), CollectionReason.Untagged, entry.Modified, false);
        if (StorePaths.TryReferrer(entry.Path, out _, out Digest referrer))
            return new Owner(referrer.ToString(), CollectionReason.Referrer, entry.Modified, false);
        if (StorePaths.TryRun(entry.Path, out PipelineRunRef run) && entry.Path.StartsWith(StorePaths.Runs, StringComparison.Ordinal))
            return new Owner(run.Digest.ToString(), CollectionReason.OldRun, entry.Modified, false);

        return new Owner(entry.Path, CollectionReason.Record, entry.Modified, false);
    }

    private sealed record Owner(string Name, CollectionReason Reason, DateTimeOffset Modified, bool IsManifest);
}
