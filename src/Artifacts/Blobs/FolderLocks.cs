namespace Unreel.Artifacts.Blobs;

/// <summary>
/// Locks between processes that share a folder: 256 files, each path using one by its hash.
/// The files stay: removing a lock file that another process is about to open would give two holders.
/// </summary>
internal sealed class FolderLocks(string folder, ArtifactStoreOptions options)
{
    /// <summary>Waits for the lock of a path and holds it until disposed.</summary>
    /// <exception cref="StoreException">Another process held it for longer than <see cref="ArtifactStoreOptions.LockTimeout"/>.</exception>
    public async Task<IDisposable> AcquireAsync(string path, CancellationToken ct)
    {
        Directory.CreateDirectory(folder);
        string file = Path.Combine(folder, Digest.Of(System.Text.Encoding.UTF8.GetBytes(path)).Hex[..2]);
        long start = options.Time.GetTimestamp();
        for (int attempt = 0; ; attempt++)
        {
            if (ExclusiveFile.TryOpen(file) is { } held)
                return held;

            if (options.Time.GetElapsedTime(start) > options.LockTimeout)
                throw new StoreException($"{file} has been locked by another process for {options.LockTimeout.TotalSeconds:0} s; {path} was left as it is.");

            await Task.Delay(TimeSpan.FromMilliseconds(Math.Min(1 << Math.Min(attempt, 5), 20)), options.Time, ct);
        }
    }
}
