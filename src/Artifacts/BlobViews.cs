using Unreel.Artifacts.Blobs;

namespace Unreel.Artifacts;

/// <summary>Looks into large blobs without fetching them.</summary>
public static class BlobViews
{
    /// <summary>
    /// Opens a blob for looking here and there. Of a remote store only the parts that are looked at are fetched; in exchange nothing is checked
    /// against the digest, only the size: what is read may be shown and must be used for nothing else.
    /// </summary>
    /// <returns>A seekable stream; it may fetch while it is read, so that it is not for a thread that must not wait.</returns>
    /// <exception cref="BlobMissingException">The blob is not in the store.</exception>
    /// <exception cref="StoreException">The file in the store has another size.</exception>
    public static Task<Stream> OpenViewAsync(this IArtifactStore store, Descriptor blob, CancellationToken ct)
    {
        ct.ThrowIfCancellationRequested();
        return Task.FromResult<Stream>(store.LocalFile(blob.Digest) is { } file ? OpenFile(file, blob, store.Location) : new PartsStream(store, blob, ct));
    }

    private static FileStream OpenFile(string file, Descriptor blob, string store)
    {
        if (!File.Exists(file))
            throw new BlobMissingException(blob.Digest, store);

        FileStream stream = new(file, FileMode.Open, FileAccess.Read, FileShare.Read);
        if (stream.Length == blob.Size)
            return stream;

        long found = stream.Length;
        stream.Dispose();
        throw new StoreException($"The blob {blob.Digest} in {store} has {found} bytes, expected {blob.Size}.");
    }
}
