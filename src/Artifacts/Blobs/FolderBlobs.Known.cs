using System.Collections.Concurrent;
using System.Runtime.CompilerServices;

namespace Unreel.Artifacts.Blobs;

/// <summary>Listing a hundred thousand markers costs a look at each; listing those of a thousand names again costs a look at each name.</summary>
internal sealed partial class FolderBlobs
{
    // Two changes within the resolution of a folder's time look like one: what changed just now is listed again.
    private static readonly TimeSpan SettledAfter = TimeSpan.FromSeconds(3);

    private readonly ConcurrentDictionary<string, (DateTime Changed, BlobEntry[] Entries)> _known = new(StringComparer.Ordinal);

    public async IAsyncEnumerable<IReadOnlyList<BlobEntry>> ListKnownAsync(string prefix, [EnumeratorCancellation] CancellationToken ct)
    {
        RequireNoFile();
        foreach (FileSystemInfo entry in EntriesOf(Full(prefix)).OrderBy(e => e is DirectoryInfo ? e.Name + "/" : e.Name, StringComparer.Ordinal))
        {
            ct.ThrowIfCancellationRequested();
            if (entry is DirectoryInfo folder)
                yield return Known(folder, $"{prefix}{folder.Name}/");
            else if (EntryOf((FileInfo)entry, prefix + entry.Name) is { } stranger)
                yield return [stranger];
        }

        await Task.CompletedTask;
    }

    private BlobEntry[] Known(DirectoryInfo folder, string prefix)
    {
        DateTime changed = Directory.GetLastWriteTimeUtc(folder.FullName);
        if (_known.TryGetValue(prefix, out (DateTime Changed, BlobEntry[] Entries) before) && before.Changed == changed)
            return before.Entries;

        BlobEntry[] entries = [.. Walk(folder.FullName, prefix)];
        // A folder in the folder may change without this one's time telling so; nothing of ours makes any.
        bool isFlat = entries.All(entry => entry.Path.LastIndexOf('/') == prefix.Length - 1);
        if (isFlat && _options.Time.GetUtcNow().UtcDateTime - changed > SettledAfter)
            _known[prefix] = (changed, entries);

        return entries;
    }
}
