using System.Security.Cryptography;

namespace Unreel.Artifacts;

/// <summary>A private key that signs artifacts: ECDSA over the curve P-256, kept in a PEM file that only its owner may read.</summary>
public sealed class SigningKey : IDisposable
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private const UnixFileMode OfOthers = ~(OwnerOnly | UnixFileMode.UserExecute);
    private const int Iterations = 600_000;

    private readonly ECDsa _key;

    private SigningKey(ECDsa key)
    {
        _key = key;
        Public = PublicKey.Of(key, "a private key");
    }

    /// <summary>The key that verifies what this one signs.</summary>
    public PublicKey Public { get; }

    /// <summary>Makes a new key.</summary>
    public static SigningKey Create() => new(ECDsa.Create(ECCurve.NamedCurves.nistP256));

    /// <summary>Reads a key of a file.</summary>
    /// <param name="file">PKCS #8 in PEM, encrypted or not.</param>
    /// <param name="passphrase">What it is encrypted with; null where it is not.</param>
    /// <exception cref="SignatureException">It is no such key, others may read it, or the passphrase is wrong.</exception>
    public static SigningKey Read(string file, string? passphrase)
    {
        string pem = KeyFiles.ReadText(file);
        if (!OperatingSystem.IsWindows() && (File.GetUnixFileMode(file) & OfOthers) is var mode and not UnixFileMode.None)
            throw new SignatureException($"The private key {file} is open to others ({mode}); expected that only its owner may read it: chmod 600 {file}.");

        ECDsa key = ECDsa.Create();
        try
        {
            Import(key, pem, passphrase, file);
            return new SigningKey(key);
        }
        catch (Exception e) when (e is CryptographicException or ArgumentException)
        {
            key.Dispose();
            throw new SignatureException(passphrase is null
                ? $"{file} holds no private key of the curve P-256: {e.Message}"
                : $"{file} holds no private key of the curve P-256 that this passphrase opens: {e.Message}", e);
        }
        catch (SignatureException)
        {
            key.Dispose();
            throw;
        }
    }

    /// <summary>Signs bytes with SHA-256; the signature is in DER, as openssl writes it.</summary>
    public byte[] Sign(ReadOnlySpan<byte> bytes) => _key.SignData(bytes, HashAlgorithmName.SHA256, DSASignatureFormat.Rfc3279DerSequence);

    /// <summary>Writes the key to a new file with mode 600.</summary>
    /// <param name="file">A file that is not there.</param>
    /// <param name="passphrase">Encrypts it (AES-256, PBKDF2 with SHA-256); null leaves it open to whoever can read the file.</param>
    /// <exception cref="SignatureException">The file is there, or cannot be written.</exception>
    public void Write(string file, string? passphrase)
    {
        PbeParameters how = new(PbeEncryptionAlgorithm.Aes256Cbc, HashAlgorithmName.SHA256, Iterations);
        string pem = passphrase is null ? _key.ExportPkcs8PrivateKeyPem() : _key.ExportEncryptedPkcs8PrivateKeyPem(passphrase, how);
        KeyFiles.WriteNew(file, pem, OwnerOnly);
    }

    /// <inheritdoc/>
    public void Dispose() => _key.Dispose();

    private static void Import(ECDsa key, string pem, string? passphrase, string file)
    {
        bool isEncrypted = pem.Contains("BEGIN ENCRYPTED PRIVATE KEY", StringComparison.Ordinal);
        if (isEncrypted && passphrase is null)
            throw new SignatureException($"The private key {file} is encrypted; expected its passphrase in an environment variable: --passphrase-env NAME.");
        if (!isEncrypted && passphrase is not null)
            throw new SignatureException($"The private key {file} is not encrypted, but a passphrase was given.");

        if (isEncrypted)
            key.ImportFromEncryptedPem(pem, passphrase);
        else if (pem.Contains("PRIVATE KEY", StringComparison.Ordinal))
            key.ImportFromPem(pem);
        else
            throw new SignatureException($"{file} holds no private key; expected a PEM file with PRIVATE KEY.");
    }
}
