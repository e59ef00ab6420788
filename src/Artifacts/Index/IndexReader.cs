using System.Security.Cryptography;
using Microsoft.Extensions.Logging;

namespace Unreel.Artifacts;

/// <summary>Looks at a store: takes what is known of it, reads what is new, drops what is gone.</summary>
internal sealed partial class IndexReader(IIndexSource source, string location, ILogger logger)
{
    private const int AtOnce = 16;
    private const int SpotChecks = 12;
    private const int FewChanges = 32;
    private const int ManyChanges = 256;

    private Dictionary<ArtifactRef, IndexRow>? _rows;
    private Dictionary<string, KnownTag> _tags = new(StringComparer.Ordinal);
    private IndexSnapshot? _last;
    private int _unwritten;
    private bool _mayWrite = true;

    /// <summary>What is in the store now; the same object as before where nothing changed.</summary>
    public async Task<IndexSnapshot> LookAsync(CancellationToken ct)
    {
        if (_rows is null)
            (_rows, _tags) = await LoadAsync(ct);

        (List<IndexRow> rows, List<BrokenArtifact> broken, int changes) = await LookAtArtifactsAsync(_rows, ct);
        (List<KeyValuePair<string, KnownTag>> tags, int moved) = await LookAtTagsAsync(ct);
        bool isSame = _last is { } last && changes + moved == 0 && last.Entries.Count == rows.Count && last.Tags.Count == tags.Count && last.Broken.SequenceEqual(broken);
        int gone = Math.Max(0, _rows.Count - rows.Count) + Math.Max(0, _tags.Count - tags.Count);
        _unwritten += changes + moved + gone;
        if (!isSame || gone > 0)
        {
            _rows = rows.ToDictionary(row => row.Entry.Reference);
            _tags = new(tags, StringComparer.Ordinal);
            _last = new IndexSnapshot([.. rows], [.. tags.Select(tag => tag.Value.Tag)], broken);
        }

        await WriteAsync(rows, tags, force: false, ct);
        return _last!;
    }

    /// <summary>Forgets everything, reads all of the store, and writes the stored index.</summary>
    public async Task<IndexSnapshot> RebuildAsync(CancellationToken ct)
    {
        (_rows, _last, _mayWrite) = ([], null, true);
        _tags.Clear();
        IndexSnapshot read = await LookAsync(ct);
        await WriteAsync([.. _rows.Values], [.. _tags], force: true, ct);
        return read;
    }

    private async Task<(List<IndexRow>, List<BrokenArtifact>, int Changes)> LookAtArtifactsAsync(Dictionary<ArtifactRef, IndexRow> before, CancellationToken ct)
    {
        List<IndexRow?> rows = [];
        List<(int At, ListedArtifact Marker)> unknown = [];
        int changes = 0;
        await foreach (IReadOnlyList<ListedArtifact> page in source.MarkersAsync(ct))
        {
            foreach (ListedArtifact marker in page)
            {
                IndexRow? known = before.GetValueOrDefault(marker.Artifact)?.At(marker.Made);
                if (known is null)
                    unknown.Add((rows.Count, marker));
                else if (!ReferenceEquals(known, before[marker.Artifact]))
                    changes++;

                rows.Add(known);
            }
        }

        IndexRow?[] all = [.. rows];
        BrokenArtifact?[] broken = new BrokenArtifact?[all.Length];
        await Parallel.ForEachAsync(unknown, Some(ct), async (each, token) =>
        {
            try
            {
                if (await source.ReadAsync(each.Marker.Artifact, token) is { } artifact)
                    all[each.At] = IndexRow.Of(artifact, each.Marker.Made);
            }
            catch (StoreException e) when (e is not StoreUnreachableException)
            {
                broken[each.At] = new BrokenArtifact(each.Marker.Artifact, e.Message);
            }
        });
        return ([.. all.OfType<IndexRow>()], [.. broken.OfType<BrokenArtifact>()], changes + unknown.Count(each => all[each.At] is not null));
    }

    private async Task<(List<KeyValuePair<string, KnownTag>>, int Changes)> LookAtTagsAsync(CancellationToken ct)
    {
        List<ListedTag> listed = [];
        await foreach (IReadOnlyList<ListedTag> page in source.TagStampsAsync(ct))
            listed.AddRange(page);

        KnownTag?[] tags = new KnownTag?[listed.Count];
        List<int> unknown = [];
        for (int i = 0; i < tags.Length; i++)
        {
            tags[i] = _tags.GetValueOrDefault(PathOf(listed[i]));
            if (tags[i]?.Stamp != listed[i].Listed.Stamp || !source.IsSettled(listed[i].Listed))
                unknown.Add(i);
        }

        int changes = 0;
        await Parallel.ForEachAsync(unknown, Some(ct), async (at, token) =>
        {
            KnownTag? before = tags[at];
            Tag? read = await source.ReadTagAsync(listed[at].Reference, token);
            tags[at] = read is null ? null : new KnownTag(listed[at].Listed.Stamp, read);
            if (tags[at] != before)
                Interlocked.Increment(ref changes);
        });
        return ([.. tags.Select((tag, i) => (tag, i)).Where(pair => pair.tag is not null).Select(pair => KeyValuePair.Create(PathOf(listed[pair.i]), pair.tag!))], changes);
    }

    private static string PathOf(ListedTag tag) => tag.Listed.Path.Length > 0 ? tag.Listed.Path : Blobs.StorePaths.Tag(tag.Reference.Kind, tag.Reference.Name, tag.Reference.Tag!);

    private async Task<(Dictionary<ArtifactRef, IndexRow>, Dictionary<string, KnownTag>)> LoadAsync(CancellationToken ct)
    {
        try
        {
            if (await source.ReadIndexAsync(ct) is not { } bytes)
                return ([], new(StringComparer.Ordinal));

            (List<IndexRow> rows, Dictionary<string, KnownTag> tags) = IndexFile.Read(bytes);
            if (await LieAsync(rows, ct) is not { } lie)
                return (rows.ToDictionary(row => row.Entry.Reference), tags);

            LogRebuilt(location, lie);
        }
        catch (Exception e) when (e is InvalidDataException or ArgumentException)
        {
            LogRebuilt(location, e.Message);
        }
        catch (StoreException e) when (e is not StoreUnreachableException)
        {
            LogRebuilt(location, e.Message);
        }

        return ([], new(StringComparer.Ordinal));
    }

    /// <summary>Holds some entries against the artifacts themselves; null where all agree.</summary>
    private async Task<string?> LieAsync(List<IndexRow> rows, CancellationToken ct)
    {
        int[] some = [.. Enumerable.Range(0, Math.Min(SpotChecks, rows.Count)).Select(_ => RandomNumberGenerator.GetInt32(rows.Count)).Distinct()];
        string?[] lies = await Task.WhenAll(some.Select(async at =>
        {
            try
            {
                ArtifactRef artifact = rows[at].Entry.Reference;
                return await source.ReadAsync(artifact, ct) is { } read && !IndexRow.Of(read, default).Agrees(rows[at]) ? $"what it says of {artifact} is not so" : null;
            }
            catch (StoreException e) when (e is not StoreUnreachableException)
            {
                return e.Message;
            }
        }));
        return lies.FirstOrDefault(lie => lie is not null);
    }

    private async Task WriteAsync(List<IndexRow> rows, List<KeyValuePair<string, KnownTag>> tags, bool force, CancellationToken ct)
    {
        if (!_mayWrite || (!force && _unwritten < Math.Clamp(rows.Count / 8, FewChanges, ManyChanges)))
            return;

        try
        {
            await source.WriteIndexAsync(IndexFile.Write(rows, tags), ct);
            _unwritten = 0;
        }
        catch (StoreException e)
        {
            // A store that may only be read is a store all the same; what passes is tried again at the next look.
            _mayWrite = !Blobs.StoreFaults.IsRefusal(e);
            LogUnwritten(location, e.Message);
        }
    }

    private static ParallelOptions Some(CancellationToken ct) => new() { MaxDegreeOfParallelism = AtOnce, CancellationToken = ct };

    [LoggerMessage(LogLevel.Warning, "The stored index of {Store} is not used and is made anew: {Why}")]
    private partial void LogRebuilt(string store, string why);

    [LoggerMessage(LogLevel.Information, "The index of {Store} is not stored: {Why}")]
    private partial void LogUnwritten(string store, string why);
}
