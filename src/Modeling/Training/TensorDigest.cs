using System.Security.Cryptography;
using System.Text;

namespace Unreel.Modeling;

/// <summary>The SHA-256 of tensors: of each name, in the order they are given, and its bytes.</summary>
internal sealed class TensorDigest : IDisposable
{
    /// <summary>Where a checkpoint's metadata hold it.</summary>
    public const string Key = "sha256";

    private readonly SHA256 _hash = SHA256.Create();
    private readonly CryptoStream _stream;

    /// <summary>Begins with nothing.</summary>
    public TensorDigest() => _stream = new CryptoStream(Stream.Null, _hash, CryptoStreamMode.Write);

    /// <summary>Adds a tensor.</summary>
    public void Add(string name, Action<Stream> write)
    {
        _stream.Write(Encoding.UTF8.GetBytes(name));
        write(_stream);
    }

    /// <summary>The digest of all that was added, in hexadecimal.</summary>
    public string Finish()
    {
        _stream.FlushFinalBlock();
        return Convert.ToHexStringLower(_hash.Hash!);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _stream.Dispose();
        _hash.Dispose();
    }
}
