namespace Unreel.Artifacts.Blobs;

/// <summary>
/// What a store needs of the thing it lies on: named byte strings that appear whole or not at all.
/// Paths are relative, with forward slashes, and made by <see cref="StorePaths"/> only.
/// </summary>
internal interface IBlobs
{
    /// <summary>Where the blobs are, without secrets.</summary>
    string Location { get; }

    /// <summary>Sizes, ages and the clock.</summary>
    ArtifactStoreOptions Options { get; }

    /// <summary>Whether reading costs no more than hashing, so that a blob found in place can be checked before it is trusted.</summary>
    bool IsLocal { get; }

    /// <summary>Stores a source unless something is there already; never replaces.</summary>
    /// <returns>Whether this call made it.</returns>
    Task<bool> PutAsync(string path, BlobSource source, CancellationToken ct);

    /// <summary>Opens <paramref name="count"/> bytes (null: all) from <paramref name="offset"/>; null where there is no blob.</summary>
    Task<Stream?> OpenAsync(string path, long offset, long? count, CancellationToken ct);

    /// <summary>What a listing would say of a blob; null where there is none.</summary>
    Task<BlobEntry?> FindAsync(string path, CancellationToken ct);

    /// <summary>Makes a blob as young as if it had been written now, so that a collection leaves it alone.</summary>
    /// <returns>False where there is none: whoever counted on it must write it.</returns>
    Task<bool> TouchAsync(string path, CancellationToken ct);

    /// <summary>Reads a small blob whole, with its version; null where there is none.</summary>
    /// <exception cref="StoreException">It has more than <paramref name="limit"/> bytes.</exception>
    Task<StoredBytes?> ReadAsync(string path, int limit, CancellationToken ct);

    /// <summary>Writes small bytes if the blob is still at the version <paramref name="expected"/> (null: if there is none).</summary>
    /// <returns>Whether this writer won.</returns>
    Task<bool> TrySwapAsync(string path, ReadOnlyMemory<byte> bytes, string? expected, CancellationToken ct);

    /// <summary>Writes small bytes over whatever is there.</summary>
    Task WriteAsync(string path, ReadOnlyMemory<byte> bytes, CancellationToken ct);

    /// <summary>Removes a blob if it is there.</summary>
    Task DeleteAsync(string path, CancellationToken ct);

    /// <summary>Removes a small blob if it is still at the version <paramref name="expected"/>.</summary>
    /// <returns>Whether this caller removed it.</returns>
    Task<bool> TryDeleteAsync(string path, string expected, CancellationToken ct);

    /// <summary>Removes a blob unless it was written or touched since it was listed.</summary>
    /// <returns>Whether this caller removed it.</returns>
    Task<bool> TryCollectAsync(BlobEntry listed, CancellationToken ct);

    /// <summary>Keeps other collections of the same place out, where that is needed, and clears up after one that was killed.</summary>
    /// <exception cref="StoreConflictException">Another one is at work.</exception>
    Task<IDisposable?> BeginCollectionAsync(CancellationToken ct);

    /// <summary>Gives back what a killed collection had set aside; nothing where one is at work, or where none sets anything aside.</summary>
    Task RestoreAsync(CancellationToken ct) => Task.CompletedTask;

    /// <summary>Whether there is a store: something was written here.</summary>
    Task<bool> ExistsAsync(CancellationToken ct);

    /// <summary>Gives a blob another path, replacing what is there, unless it was written or touched since it was listed.</summary>
    /// <returns>Whether this caller moved it.</returns>
    Task<bool> TryMoveAsync(BlobEntry listed, string to, CancellationToken ct);

    /// <summary>Lists what is under a prefix that ends in a slash, page after page, in the ordinal order of the paths.</summary>
    IAsyncEnumerable<IReadOnlyList<BlobEntry>> ListAsync(string prefix, CancellationToken ct);

    /// <summary>
    /// The same, for whoever needs to know what there is and not whether it was touched: a folder that did not change is given as it was
    /// found the last time, as the same list.
    /// </summary>
    IAsyncEnumerable<IReadOnlyList<BlobEntry>> ListKnownAsync(string prefix, CancellationToken ct) => ListAsync(prefix, ct);
}

/// <summary>What a listing says of a blob.</summary>
/// <param name="Path">Where it is.</param>
/// <param name="Size">Its size in bytes.</param>
/// <param name="Modified">When it was written or touched last (UTC), by the clock of whoever did.</param>
/// <param name="Stamp">Differs after every write and every touch: an ETag, or the time in ticks with the size.</param>
internal readonly record struct BlobEntry(string Path, long Size, DateTimeOffset Modified, string Stamp);

/// <summary>The bytes of a small blob and the version they had.</summary>
internal sealed record StoredBytes(byte[] Bytes, string Version);
