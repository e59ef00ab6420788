using System.Security.Cryptography;

namespace Unreel.Artifacts.Blobs;

/// <summary>Bytes to store, which can be read again when an attempt fails.</summary>
internal sealed class BlobSource
{
    /// <summary>Bytes read at a time when files are hashed and copied.</summary>
    public const int ChunkBytes = 1 << 18;

    private readonly Func<Stream> _open;
    private readonly string _what;

    private BlobSource(Func<Stream> open, long length, Digest digest, string what) =>
        (_open, Length, Digest, _what) = (open, length, digest, what);

    /// <summary>The number of bytes.</summary>
    public long Length { get; }

    /// <summary>Their digest, taken before they are stored; what is stored is held against it.</summary>
    public Digest Digest { get; }

    /// <summary>Bytes in memory.</summary>
    public static BlobSource Of(ReadOnlyMemory<byte> bytes) =>
        new(() => new MemoryStream(bytes.ToArray(), writable: false), bytes.Length, Digest.Of(bytes.Span), "the bytes");

    /// <summary>Bytes whose digest and length are known beforehand; what is stored is held against them.</summary>
    public static BlobSource Of(Descriptor blob, Func<Stream> open) => new(open, blob.Size, blob.Digest, $"the blob {blob.Digest}");

    /// <summary>A file, read once to learn its digest.</summary>
    public static async Task<BlobSource> OfFileAsync(string file, CancellationToken ct)
    {
        RegularFile.Require(file);
        Stream Open() => OpenFile(file);
        await using Stream stream = Open();
        byte[] hash = await SHA256.HashDataAsync(stream, ct);
        return new BlobSource(Open, stream.Length, Digest.FromHash(hash), $"the file {file}");
    }

    /// <summary>Opens the bytes from their beginning.</summary>
    public Stream Open() => _open();

    /// <summary>Refuses to store bytes that are no longer those that were hashed.</summary>
    public void RequireUnchanged(IncrementalHash hash)
    {
        if (Digest.FromHash(hash.GetHashAndReset()) != Digest)
            throw new StoreException($"{char.ToUpperInvariant(_what[0])}{_what[1..]} changed while it was being stored; nothing was stored.");
    }

    private static FileStream OpenFile(string file)
    {
        try
        {
            return new FileStream(file, new FileStreamOptions
            {
                Mode = FileMode.Open,
                Access = FileAccess.Read,
                Share = FileShare.Read,
                BufferSize = 0,
                Options = FileOptions.Asynchronous | FileOptions.SequentialScan,
            });
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new StoreException($"The file {file} cannot be read: {e.Message}", e);
        }
    }
}
