namespace Unreel.Artifacts.Blobs;

/// <summary>A stream that is only read, forwards; a subclass says how the next bytes come.</summary>
internal abstract class ReadOnlyStream : Stream
{
    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException("The stream is read forwards only.");

    public override long Position
    {
        get => throw new NotSupportedException("The stream is read forwards only.");
        set => throw new NotSupportedException("The stream is read forwards only.");
    }

    public abstract override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default);

    public sealed override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public sealed override int Read(byte[] buffer, int offset, int count) =>
        ReadAsync(buffer.AsMemory(offset, count)).AsTask().GetAwaiter().GetResult();

    public override void Flush()
    {
    }

    public sealed override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException("The stream is read forwards only.");

    public sealed override void SetLength(long value) => throw new NotSupportedException("The stream is only read.");

    public sealed override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException("The stream is only read.");
}
