using System.Collections.Concurrent;
using Unreel.Artifacts;

namespace Unreel.Serve.Registry;

/// <summary>
/// Knows which blobs were found whole by this process, so that parts of them may be sent: a part by itself cannot be held against the digest.
/// A blob of a folder counts as long as its file keeps its size and time; one of a remote store, whose blobs never change, as long as the process lives.
/// </summary>
/// <param name="store">The store.</param>
internal sealed class CheckedBlobs(IArtifactStore store) : IDisposable
{
    private const int MostKept = 10_000, BufferBytes = 1 << 18, MostAtOnce = 3;

    private readonly SemaphoreSlim _room = new(MostAtOnce);
    private readonly CancellationTokenSource _end = new();
    private int _read;

    private readonly ConcurrentDictionary<Digest, Stamp> _whole = new();
    private readonly ConcurrentDictionary<Digest, Lazy<Task>> _underWay = new();

    /// <summary>How many blobs were read to their end so far.</summary>
    public int Read => Volatile.Read(ref _read);

    /// <summary>Waits until a blob was found whole, reading it to its end the first time; callers of one blob wait for one reading.</summary>
    /// <exception cref="StoreException">It is missing or damaged.</exception>
    public async Task RequireAsync(Descriptor blob, CancellationToken ct)
    {
        if (_whole.TryGetValue(blob.Digest, out Stamp known) && known == StampOf(blob))
            return;

        // It is read for all who ask, so that the first of them going away must not end it.
        Lazy<Task> reading = _underWay.GetOrAdd(blob.Digest, _ => new(() => Task.Run(() => ReadAsync(blob, _end.Token), CancellationToken.None)));
        await reading.Value.WaitAsync(ct);
    }

    /// <summary>Ends what is being read.</summary>
    public void Dispose()
    {
        _end.Cancel();
        _end.Dispose();
    }

    // It ends by itself, and so leaves nothing behind where all who asked have gone.
    private async Task ReadAsync(Descriptor blob, CancellationToken ct)
    {
        try
        {
            await _room.WaitAsync(ct);
            try
            {
                await ReadToEndAsync(blob, ct);
            }
            finally
            {
                _room.Release();
            }
        }
        finally
        {
            _underWay.TryRemove(blob.Digest, out _);
        }
    }

    private async Task ReadToEndAsync(Descriptor blob, CancellationToken ct)
    {
        Stamp before = StampOf(blob);
        await using Stream content = await store.OpenAsync(blob, ct);
        byte[] buffer = new byte[BufferBytes];
        while (await content.ReadAsync(buffer, ct) > 0)
        {
        }

        Interlocked.Increment(ref _read);
        if (_whole.Count >= MostKept)
            _whole.Clear();
        _whole[blob.Digest] = before;
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
