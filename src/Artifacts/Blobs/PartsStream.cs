namespace Unreel.Artifacts.Blobs;

/// <summary>Fetches a blob part by part, as it is read; a few parts are kept.</summary>
internal sealed class PartsStream(IArtifactStore store, Descriptor blob, CancellationToken ct) : Stream
{
    // Large enough that names between weights come with them, small enough that the weights do not.
    private const int PartBytes = 64 << 10;
    private const int MostParts = 64;

    private readonly Dictionary<long, byte[]> _parts = [];

    public override bool CanRead => true;

    public override bool CanSeek => true;

    public override bool CanWrite => false;

    public override long Length => blob.Size;

    public override long Position { get; set; }

    public override int Read(byte[] buffer, int offset, int count)
    {
        if (Position >= Length || count == 0)
            return 0;

        byte[] part = Part(Position / PartBytes);
        int start = (int)(Position % PartBytes), read = Math.Min(count, part.Length - start);
        part.AsSpan(start, read).CopyTo(buffer.AsSpan(offset));
        Position += read;
        return read;
    }

    public override long Seek(long offset, SeekOrigin origin) => Position = origin switch
    {
        SeekOrigin.Begin => offset,
        SeekOrigin.Current => Position + offset,
        _ => Length + offset,
    };

    public override void Flush()
    {
    }

    public override void SetLength(long value) => throw new NotSupportedException("The stream is only read.");

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException("The stream is only read.");

    private byte[] Part(long number)
    {
        if (_parts.TryGetValue(number, out byte[]? known))
            return known;
        if (_parts.Count == MostParts)
            _parts.Clear();
        return _parts[number] = FetchAsync(number * PartBytes).GetAwaiter().GetResult();
    }

    private async Task<byte[]> FetchAsync(long offset)
    {
        byte[] part = new byte[Math.Min(PartBytes, Length - offset)];
        await using Stream content = await store.OpenPartAsync(blob, offset, part.Length, ct);
        try
        {
            await content.ReadExactlyAsync(part, ct);
        }
        catch (EndOfStreamException)
        {
            throw new StoreException($"The blob {blob.Digest} in {store.Location} ends before byte {offset + part.Length}, expected {blob.Size} bytes.");
        }

        return part;
    }
}
