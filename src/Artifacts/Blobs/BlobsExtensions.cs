namespace Unreel.Artifacts.Blobs;

/// <summary>Short ways to ask.</summary>
internal static class BlobsExtensions
{
    /// <summary>The number of bytes, or null where there is no blob.</summary>
    public static async Task<long?> SizeAsync(this IBlobs blobs, string path, CancellationToken ct) => (await blobs.FindAsync(path, ct))?.Size;

    /// <summary>Touches what was found unless it is young enough for a collection to leave it alone.</summary>
    /// <returns>False where it went meanwhile.</returns>
    public static async Task<bool> KeepAsync(this IBlobs blobs, BlobEntry found, CancellationToken ct) =>
        // A time far ahead is that of another clock, and says nothing of how old this is by anybody else's.
        (blobs.Options.Time.GetUtcNow() - found.Modified).Duration() < blobs.Options.TouchAfter || await blobs.TouchAsync(found.Path, ct);

    /// <summary>Finds a blob and keeps it from collections.</summary>
    /// <returns>Null where there is none.</returns>
    public static async Task<BlobEntry?> FindToKeepAsync(this IBlobs blobs, string path, CancellationToken ct) =>
        await blobs.FindAsync(path, ct) is { } found && await blobs.KeepAsync(found, ct) ? found : null;
}
