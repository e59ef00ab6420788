using System.Globalization;

namespace Unreel.Artifacts.Blobs;

/// <summary>Opening, walking, cleaning, and errors that name the path.</summary>
internal sealed partial class FolderBlobs
{
    /// <summary>Folders, one of which a store has from its first write on.</summary>
    private static readonly string[] Parts = ["blobs/sha256", "manifests", "tags", "records", "referrers", "runs"];

    private string Full(string path) => Path.Combine(_root, path);

    // What a collection has set aside to look at once more is still there for those who read.
    private FileStream? OpenFile(string path) => TryOpen(Full(path)) ?? TryOpen(Full(Trash + path)) ?? TryOpen(Full(path));

    private static FileStream? TryOpen(string file)
    {
        try
        {
            // A writer may give the name to another file meanwhile; what was opened stays as it was.
            return new FileStream(file, new FileStreamOptions
            {
                Mode = FileMode.Open,
                Access = FileAccess.Read,
                Share = FileShare.ReadWrite | FileShare.Delete,
                BufferSize = 0,
                Options = FileOptions.Asynchronous | FileOptions.SequentialScan,
            });
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
    }

    private static IEnumerable<BlobEntry> Walk(string folder, string prefix)
    {
        // A blob service orders whole paths, where '/' comes after '-' and '.': folders are compared with their slash.
        var ordered = EntriesOf(folder).Select(e => (Info: e, Key: e is DirectoryInfo ? e.Name + "/" : e.Name)).OrderBy(e => e.Key, StringComparer.Ordinal);
        foreach ((FileSystemInfo info, string key) in ordered)
        {
            if (info is FileInfo file)
            {
                if (EntryOf(file, prefix + key) is { } entry)
                    yield return entry;
            }
            else
            {
                foreach (BlobEntry entry in Walk(info.FullName, prefix + key))
                    yield return entry;
            }
        }
    }

    public Task<bool> ExistsAsync(CancellationToken ct)
    {
        RequireNoFile();
        return Task.FromResult(Parts.Any(part => Directory.Exists(Full(part))));
    }

    // A folder that is not there yet is an empty store; a file in its place is none.
    private void RequireNoFile()
    {
        if (File.Exists(_root))
            throw new StoreUnreachableException(_root, "it is a file; expected a folder.");
    }

    private static FileSystemInfo[] EntriesOf(string folder)
    {
        try
        {
            return new DirectoryInfo(folder).GetFileSystemInfos();
        }
        catch (DirectoryNotFoundException)
        {
            return [];
        }
    }

    /// <summary>What is known of a file; null where there is none, or none any more.</summary>
    private static BlobEntry? EntryOf(FileInfo file, string path)
    {
        if (!file.Exists)
            return null;

        (long size, DateTime modified) = (file.Length, file.LastWriteTimeUtc);
        return new BlobEntry(path, size, new DateTimeOffset(modified), string.Create(CultureInfo.InvariantCulture, $"{modified.Ticks:x}-{size:x}"));
    }

    /// <summary>Removes what killed writers left: old, and locked by nobody.</summary>
    private void RemoveStale(string folder)
    {
        if (Interlocked.Exchange(ref _cleaned, 1) == 1)
            return;

        DateTime before = (_options.Time.GetUtcNow() - _options.StaleAfter).UtcDateTime;
        foreach (FileInfo file in new DirectoryInfo(folder).EnumerateFiles("*.part"))
        {
            if (file.LastWriteTimeUtc < before && IsAbandoned(file.FullName))
                file.Delete();
        }
    }

    private static bool IsAbandoned(string file)
    {
        using FileStream? held = ExclusiveFile.TryOpen(file);
        return held is not null;
    }

    private async Task<T> GuardAsync<T>(string path, Func<Task<T>> work)
    {
        try
        {
            return await work();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            if (Directory.Exists(_root) && !File.Exists(_root))
                throw new StoreException($"{Full(path)} in the store {_root} cannot be read or written: {e.Message}", e);

            throw new StoreUnreachableException(_root, e.Message, e);
        }
    }
}
