using System.Collections.Concurrent;
using System.Text;
using System.Text.RegularExpressions;
using Unreel.Artifacts.Blobs;

namespace Unreel.Artifacts;

/// <summary>
/// Which referrers, runs and records go. A record of finished work (<c>keys/KEY</c>) goes with its artifact; records of parts
/// (<c>parts/KEY/…</c>) keep the blobs they name until the work they are parts of is finished or given up; any other record is kept, with what it names.
/// </summary>
internal sealed partial class RecordSweep(
    IBlobs blobs, CollectionOptions options, Reachable reached, CollectionTally tally, DateTimeOffset before)
{
    private const string Keys = "records/" + WorkRecords.Folder;
    private const string Parts = "records/parts/";

    // A list of files that a record names is small; a file of a part is not looked into.
    private const int MaxListBytes = 16 << 20;

    /// <summary>Decides, and has <paramref name="collect"/> remove what goes; keeps the blobs of what stays.</summary>
    public async Task RunAsync(StoreContents contents, Func<List<BlobEntry>, Task> collect, CancellationToken ct)
    {
        ConcurrentBag<BlobEntry> dead = [];
        (Digest Subject, Digest Referrer, BlobEntry Marker)[] loose = [.. contents.Referrers.Where(each => !reached.HasBlob(each.Subject) && !reached.HasBlob(each.Referrer))];
        foreach ((_, Digest referrer, BlobEntry marker) in loose)
            await GoAsync(dead, marker, referrer, CollectionReason.Referrer, ct);

        DateTimeOffset kept = blobs.Options.Time.GetUtcNow() - options.KeepRuns;
        foreach ((PipelineRunRef run, BlobEntry marker) in contents.Runs.Where(run => run.Run.Started < kept))
            await GoAsync(dead, marker, run.Digest, CollectionReason.OldRun, ct);

        HashSet<string> finished = [.. contents.Records.Select(record => KeyOf(record.Path, Keys)).OfType<string>()];
        await Parallel.ForEachAsync(contents.Records, new ParallelOptions { MaxDegreeOfParallelism = ArtifactStore.AtOnce, CancellationToken = ct }, async (record, token) =>
        {
            bool isDead = KeyOf(record.Path, Parts) is { } key && (finished.Contains(key) || record.Modified < kept);
            if (!isDead && record.Path.StartsWith(Keys, StringComparison.Ordinal))
                isDead = await NamedInAsync(record.Path, ArtifactStore.MaxRecordBytes, token) is [var artifact, ..] && !reached.HasArtifact(artifact);
            else if (!isDead)
                await KeepNamedAsync(record.Path, token);

            if (isDead && record.Modified < before)
                dead.Add(record);
        });
        await collect([.. dead.OrderBy(entry => entry.Path, StringComparer.Ordinal)]);
    }

    private async Task GoAsync(ConcurrentBag<BlobEntry> dead, BlobEntry marker, Digest manifest, CollectionReason reason, CancellationToken ct)
    {
        if (marker.Modified >= before)
        {
            await reached.AddManifestAsync(manifest, ct);
            return;
        }

        tally.AddOwner(manifest, manifest.ToString(), reason, marker.Modified, isManifest: true);
        dead.Add(marker);
    }

    private async Task KeepNamedAsync(string record, CancellationToken ct)
    {
        foreach (Digest named in await NamedInAsync(record, ArtifactStore.MaxRecordBytes, ct))
        {
            reached.AddBlob(named);
            if (await blobs.FindAsync(StorePaths.Blob(named), ct) is not { Size: <= MaxListBytes })
                continue;

            foreach (Digest listed in await NamedInAsync(StorePaths.Blob(named), MaxListBytes, ct))
                reached.AddBlob(listed);
        }
    }

    /// <summary>All digests in a JSON document, in its order; none where it is something else.</summary>
    private async Task<List<Digest>> NamedInAsync(string path, int limit, CancellationToken ct)
    {
        StoredBytes? stored = await blobs.ReadAsync(path, limit, ct);
        return stored is { Bytes: [(byte)'{', ..] }
            ? [.. DigestText().Matches(Encoding.UTF8.GetString(stored.Bytes)).Select(match => Digest.Parse(match.Value)).Distinct()]
            : [];
    }

    private static string? KeyOf(string path, string folder) =>
        path.StartsWith(folder, StringComparison.Ordinal) ? path[folder.Length..].Split('/')[0] : null;

    [GeneratedRegex("sha256:[0-9a-f]{64}")]
    private static partial Regex DigestText();
}
