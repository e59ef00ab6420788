using System.Security.Cryptography;

namespace Unreel.Artifacts;

/// <summary>A key that verifies signatures: ECDSA over the curve P-256.</summary>
public sealed class PublicKey
{
    private const string Curve = "1.2.840.10045.3.1.7";
    private const UnixFileMode Everybody = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.OtherRead;

    private readonly byte[] _info;

    private PublicKey(byte[] info) => (_info, Id) = (info, Convert.ToHexStringLower(SHA256.HashData(info)));

    /// <summary>SHA-256 of the key's SubjectPublicKeyInfo (DER), as 64 hexadecimal digits.</summary>
    public string Id { get; }

    /// <summary>Reads a key of a file.</summary>
    /// <param name="file">SubjectPublicKeyInfo in PEM, <c>-----BEGIN PUBLIC KEY-----</c>.</param>
    /// <exception cref="SignatureException">It is no such key.</exception>
    public static PublicKey Read(string file)
    {
        string pem = KeyFiles.ReadText(file);
        if (pem.Contains("PRIVATE KEY", StringComparison.Ordinal))
            throw new SignatureException($"{file} holds a private key; expected the public one, which may be given to others.");

        using ECDsa key = ECDsa.Create();
        try
        {
            key.ImportFromPem(pem);
        }
        catch (Exception e) when (e is CryptographicException or ArgumentException)
        {
            throw new SignatureException($"{file} holds no public key of the curve P-256: expected a PEM file with PUBLIC KEY. {e.Message}", e);
        }

        return Of(key, file);
    }

    /// <summary>Whether a signature in DER is this key's over these bytes with SHA-256.</summary>
    public bool Verifies(ReadOnlySpan<byte> bytes, ReadOnlySpan<byte> signature)
    {
        using ECDsa key = ECDsa.Create();
        key.ImportSubjectPublicKeyInfo(_info, out _);
        return key.VerifyData(bytes, signature, HashAlgorithmName.SHA256, DSASignatureFormat.Rfc3279DerSequence);
    }

    /// <summary>Writes the key to a new file that everybody may read.</summary>
    /// <exception cref="SignatureException">The file is there, or cannot be written.</exception>
    public void Write(string file)
    {
        using ECDsa key = ECDsa.Create();
        key.ImportSubjectPublicKeyInfo(_info, out _);
        KeyFiles.WriteNew(file, key.ExportSubjectPublicKeyInfoPem(), Everybody);
    }

    internal static PublicKey Of(ECDsa key, string what)
    {
        Oid curve = key.ExportParameters(includePrivateParameters: false).Curve.Oid;
        return curve.Value == Curve || curve.FriendlyName == "nistP256"
            ? new PublicKey(key.ExportSubjectPublicKeyInfo())
            : throw new SignatureException($"The key in {what} is of the curve {curve.FriendlyName ?? curve.Value}; expected P-256.");
    }
}
