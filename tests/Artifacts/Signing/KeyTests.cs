using System.Runtime.Versioning;
using System.Security.Cryptography;
using Unreel.Testing;

namespace Unreel.Artifacts.Tests;

/// <summary>Keys in files.</summary>
[UnsupportedOSPlatform("windows")]
public sealed class KeyTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(null)]
    [InlineData("correct horse")]
    public void A_key_is_read_as_it_was_written(string? passphrase)
    {
        using SigningKey key = SigningKey.Create();
        key.Write(_folder.File("key.pem"), passphrase);
        key.Public.Write(_folder.File("key.pub.pem"));

        using SigningKey read = SigningKey.Read(_folder.File("key.pem"), passphrase);

        Assert.Equal((key.Public.Id, key.Public.Id), (read.Public.Id, PublicKey.Read(_folder.File("key.pub.pem")).Id));
        Assert.Equal(passphrase is not null, File.ReadAllText(_folder.File("key.pem")).Contains("ENCRYPTED", StringComparison.Ordinal));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(_folder.File("key.pem")));
    }

    [Fact]
    public void The_id_is_the_digest_of_the_public_keys_info()
    {
        using SigningKey key = SigningKey.Create();
        key.Public.Write(_folder.File("key.pub.pem"));
        using ECDsa read = ECDsa.Create();
        read.ImportFromPem(File.ReadAllText(_folder.File("key.pub.pem")));

        Assert.Equal(Convert.ToHexStringLower(SHA256.HashData(read.ExportSubjectPublicKeyInfo())), key.Public.Id);
    }

    [Fact]
    public void A_file_that_is_there_is_never_replaced()
    {
        using SigningKey key = SigningKey.Create();
        File.WriteAllText(_folder.File("key.pem"), "precious");

        Assert.Throws<SignatureException>(() => key.Write(_folder.File("key.pem"), null));

        Assert.Equal("precious", File.ReadAllText(_folder.File("key.pem")));
    }

    [Theory]
    [InlineData(UnixFileMode.GroupRead)]
    [InlineData(UnixFileMode.OtherRead)]
    public void A_private_key_that_others_can_read_is_refused(UnixFileMode more)
    {
        using SigningKey key = SigningKey.Create();
        string file = _folder.File("key.pem");
        key.Write(file, null);
        File.SetUnixFileMode(file, File.GetUnixFileMode(file) | more);

        Assert.Contains("chmod 600", Assert.Throws<SignatureException>(() => SigningKey.Read(file, null)).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("right", "wrong", "that this passphrase opens")]
    [InlineData("right", null, "--passphrase-env")]
    [InlineData(null, "right", "is not encrypted")]
    public void The_wrong_passphrase_is_refused(string? written, string? read, string why)
    {
        using SigningKey key = SigningKey.Create();
        key.Write(_folder.File("key.pem"), written);

        SignatureException refused = Assert.Throws<SignatureException>(() => SigningKey.Read(_folder.File("key.pem"), read));

        Assert.Contains(why, refused.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("wrong", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void What_is_no_such_key_is_refused()
    {
        using ECDsa large = ECDsa.Create(ECCurve.NamedCurves.nistP384);
        using RSA rsa = RSA.Create(2048);
        using SigningKey key = SigningKey.Create();
        key.Write(_folder.File("key.pem"), null);

        Assert.Contains("expected P-256", Refused(large.ExportSubjectPublicKeyInfoPem()), StringComparison.Ordinal);
        Assert.Contains("no public key of the curve P-256", Refused(rsa.ExportSubjectPublicKeyInfoPem()), StringComparison.Ordinal);
        Assert.Contains("no public key", Refused("hello"), StringComparison.Ordinal);
        Assert.Contains("a private key", Refused(File.ReadAllText(_folder.File("key.pem"))), StringComparison.Ordinal);
        Assert.Contains("fewer than", Refused(new string('x', 100_000)), StringComparison.Ordinal);
        Assert.Contains("cannot be read", Assert.Throws<SignatureException>(() => PublicKey.Read(_folder.File("absent"))).Message, StringComparison.Ordinal);
    }

    private string Refused(string text)
    {
        File.WriteAllText(_folder.File("other.pem"), text);
        return Assert.Throws<SignatureException>(() => PublicKey.Read(_folder.File("other.pem"))).Message;
    }
}
