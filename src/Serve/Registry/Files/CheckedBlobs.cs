using System.Collections.Concurrent;
using Unreel.Artifacts;

namespace Unreel.Serve.Registry;

/// <summary>
/// Knows which blobs were found whole by this process, so that parts of them may be sent: a part by itself cannot be held against the digest.
/// A blob of a folder counts as long as its file keeps its size and time; one of a remote store, whose blobs never change, as long as the process lives.
/// </summary>
/// <param name="store">The store.</param>
internal sealed class CheckedBlobs(IArtifactStore store)
{
    private const int MostKept = 10_000, BufferBytes = 1 << 18;

    private readonly ConcurrentDictionary<Digest, Stamp> _whole = new();
    private readonly ConcurrentDictionary<Digest, Lazy<Task<Stamp>>> _underWay = new();

    /// <summary>How many blobs were read to their end so far.</summary>
    public int Read { get; private set; }

    /// <summary>Waits until a blob was found whole, reading it to its end the first time; callers of one blob wait for one reading.</summary>
    /// <exception cref="StoreException">It is missing or damaged.</exception>
    public async Task RequireAsync(Descriptor blob, CancellationToken ct)
    {
        if (_whole.TryGetValue(blob.Digest, out Stamp known) && known == StampOf(blob))
            return;

        // It is read for all who ask, so that the first of them going away must not end it.
        Lazy<Task<Stamp>> reading = _underWay.GetOrAdd(blob.Digest, _ => new(() => ReadAsync(blob)));
        try
        {
            Stamp found = await reading.Value.WaitAsync(ct);
            if (_whole.Count >= MostKept)
                _whole.Clear();
            _whole[blob.Digest] = found;
        }
        finally
        {
            if (reading.Value.IsCompleted)
                _underWay.TryRemove(new(blob.Digest, reading));
        }
    }

    private async Task<Stamp> ReadAsync(Descriptor blob)
    {
        Stamp before = StampOf(blob);
        await using Stream content = await store.OpenAsync(blob, CancellationToken.None);
        byte[] buffer = new byte[BufferBytes];
        while (await content.ReadAsync(buffer) > 0)
        {
        }

        Read++;
        return before;
    }

    private Stamp StampOf(Descriptor blob)
    {
        if (store.LocalFile(blob.Digest) is not { } path)
            return default;

        FileInfo file = new(path);
        return file.Exists ? new Stamp(file.Length, file.LastWriteTimeUtc) : throw new BlobMissingException(blob.Digest, store.Location);
    }

    private readonly record struct Stamp(long Length, DateTime Written);
}
