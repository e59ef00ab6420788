namespace Unreel.Artifacts.Blobs;

/// <summary>
/// Removing what nobody wants while others write. A file is set aside first, then looked at once more: whoever touched it before it was
/// set aside gets it back, whoever touches it afterwards finds nothing and writes it anew.
/// </summary>
internal sealed partial class FolderBlobs
{
    /// <summary>Where files wait for that second look, under their own paths.</summary>
    private const string Trash = "trash/";

    // The resolution of the coarsest file system's times.
    private static readonly TimeSpan CoarsestTime = TimeSpan.FromSeconds(2);

    public Task<BlobEntry?> FindAsync(string path, CancellationToken ct) =>
        GuardAsync(path, () => Task.FromResult(Look(path) ?? Look(Trash + path, path) ?? Look(path)));

    public Task<bool> TouchAsync(string path, CancellationToken ct) => GuardAsync(path, async () =>
    {
        try
        {
            // Never older than it was, and never as it was: clocks of other machines may be ahead.
            DateTime now = _options.Time.GetUtcNow().UtcDateTime, before = File.GetLastWriteTimeUtc(Full(path));
            File.SetLastWriteTimeUtc(Full(path), now > before ? now : before + CoarsestTime);
            return true;
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return false;
        }
        catch (UnauthorizedAccessException) when (File.Exists(Full(path)))
        {
            // Another user's file, whose time only its owner may set, where this one may still write: a copy takes its place.
            await CopyInPlaceAsync(path, ct);
            return true;
        }
    });

    public Task<bool> TryCollectAsync(BlobEntry listed, CancellationToken ct) => GuardAsync(listed.Path, () =>
    {
        if (!TrySetAside(listed, Trash + listed.Path))
            return Task.FromResult(false);

        File.Delete(Full(Trash + listed.Path));
        return Task.FromResult(true);
    });

    // By way of the trash: killed in between, the file is given back, and what is in its new place is only ever what was looked at.
    public Task<bool> TryMoveAsync(BlobEntry listed, string to, CancellationToken ct) => GuardAsync(listed.Path, () =>
    {
        if (!TrySetAside(listed, Trash + listed.Path))
            return Task.FromResult(false);

        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(Full(to))!);
            File.Move(Full(Trash + listed.Path), Full(to), overwrite: true);
            return Task.FromResult(true);
        }
        catch (FileNotFoundException)
        {
            // Another process began and gave it back.
            return Task.FromResult(false);
        }
    });

    public Task RestoreAsync(CancellationToken ct) => GuardAsync(Trash, () =>
    {
        if (!Walk(Full(Trash), string.Empty).Any())
            return Task.FromResult(true);

        Directory.CreateDirectory(Full("locks"));
        using FileStream? held = ExclusiveFile.TryOpen(Full("locks/gc"));
        if (held is not null)
            PutAllBack();

        return Task.FromResult(true);
    });

    public Task<IDisposable?> BeginCollectionAsync(CancellationToken ct) => GuardAsync("locks/gc", () =>
    {
        Directory.CreateDirectory(Full("locks"));
        FileStream held = ExclusiveFile.TryOpen(Full("locks/gc"))
            ?? throw new StoreConflictException($"Another process is collecting garbage in {_root}; expected to be alone. Wait for it, or stop it.");
        try
        {
            PutAllBack();
            return Task.FromResult<IDisposable?>(held);
        }
        catch
        {
            held.Dispose();
            throw;
        }
    });

    private BlobEntry? Look(string path, string? name = null) => EntryOf(new FileInfo(Full(path)), name ?? path);

    private bool TrySetAside(BlobEntry listed, string to)
    {
        if (Look(listed.Path)?.Stamp != listed.Stamp)
            return false;

        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(Full(to))!);
            File.Move(Full(listed.Path), Full(to), overwrite: true);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return false;
        }

        if (Look(to)?.Stamp == listed.Stamp)
            return true;

        // Touched in between: somebody counts on it.
        HardLink.TryCreate(Full(to), Full(listed.Path));
        File.Delete(Full(to));
        return false;
    }

    /// <summary>Gives what a killed collection had set aside its place again, unless it was written anew meanwhile.</summary>
    private void PutAllBack()
    {
        foreach (string path in Walk(Full(Trash), string.Empty).Select(left => left.Path).ToList())
        {
            Directory.CreateDirectory(Path.GetDirectoryName(Full(path))!);
            HardLink.TryCreate(Full(Trash + path), Full(path));
            File.Delete(Full(Trash + path));
        }
    }

    private async Task CopyInPlaceAsync(string path, CancellationToken ct) =>
        await ReplaceAsync(path, await BlobSource.OfFileAsync(Full(path), ct), ct);
}
