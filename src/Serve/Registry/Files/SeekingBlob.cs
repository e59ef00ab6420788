using Unreel.Artifacts;

namespace Unreel.Serve.Registry;

/// <summary>A blob of a remote store that is read from wherever it is wanted; nothing is fetched before the first byte is read.</summary>
/// <param name="store">The store.</param>
/// <param name="blob">The blob, found whole before.</param>
internal sealed class SeekingBlob(IArtifactStore store, Descriptor blob) : Stream
{
    private Stream? _content;
    private long _position;

    public override bool CanRead => true;

    public override bool CanSeek => true;

    public override bool CanWrite => false;

    public override long Length => blob.Size;

    public override long Position
    {
        get => _position;
        set => Seek(value, SeekOrigin.Begin);
    }

    public override long Seek(long offset, SeekOrigin origin)
    {
        long wanted = origin switch
        {
            SeekOrigin.Begin => offset,
            SeekOrigin.Current => _position + offset,
            _ => Length + offset,
        };
        ArgumentOutOfRangeException.ThrowIfNegative(wanted, nameof(offset));
        if (wanted != _position)
            Leave();
        return _position = wanted;
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (buffer.Length == 0 || _position >= Length)
            return 0;

        _content ??= await store.OpenPartAsync(blob, _position, Length - _position, cancellationToken);
        int read = await _content.ReadAsync(buffer, cancellationToken);
        _position += read;
        return read > 0 ? read : throw new StoreException($"The blob {blob.Digest} ends after {_position} bytes; expected {Length}.");
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException("The blob is read without blocking only.");

    public override void Flush()
    {
    }

    public override void SetLength(long value) => throw new NotSupportedException("The blob is only read.");

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException("The blob is only read.");

    protected override void Dispose(bool disposing)
    {
        if (disposing)
            Leave();
        base.Dispose(disposing);
    }

    private void Leave()
    {
        _content?.Dispose();
        _content = null;
    }
}
