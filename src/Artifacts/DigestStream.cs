using System.Security.Cryptography;
using Unreel.Artifacts.Blobs;

namespace Unreel.Artifacts;

/// <summary>Hashes what is read and refuses to hand over the last bytes of a blob that is not what its digest says.</summary>
internal sealed class DigestStream(Stream inner, Descriptor blob, string store, Action<Digest> damaged) : ReadOnlyStream
{
    private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    private long _read;
    private bool _checked;

    public override long Length => blob.Size;

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (buffer.Length == 0)
            return 0;

        int read = await inner.ReadAsync(buffer, cancellationToken);
        _hash.AppendData(buffer.Span[..read]);
        _read += read;
        // At the named size, not only at the end: whoever reads exactly that many bytes never asks for more.
        if (!_checked && (_read >= blob.Size || read == 0))
            await CheckAsync(cancellationToken);
        else if (_checked && read > 0)
            Fail(Digest.FromHash(_hash.GetCurrentHash()));

        return read;
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _hash.Dispose();
            inner.Dispose();
        }

        base.Dispose(disposing);
    }

    private async ValueTask CheckAsync(CancellationToken ct)
    {
        if (Digest.FromHash(_hash.GetCurrentHash()) == blob.Digest)
        {
            _checked = true;
            return;
        }

        byte[] rest = new byte[BlobSource.ChunkBytes];
        for (int read; (read = await inner.ReadAsync(rest, ct)) > 0;)
            _hash.AppendData(rest, 0, read);

        Fail(Digest.FromHash(_hash.GetCurrentHash()));
    }

    private void Fail(Digest found)
    {
        damaged(blob.Digest);
        throw new DigestMismatchException(blob.Digest, found, store);
    }
}
