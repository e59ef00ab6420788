using System.Text;
using System.Text.Json.Nodes;
using Unreel.Testing;

namespace Unreel.Artifacts.Tests;

/// <summary>Signatures: who said it, and of what exactly.</summary>
public sealed class SigningTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly ArtifactStore _store;

    public SigningTests() => _store = Shelf.Open(_folder);

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task What_a_key_signed_is_good_by_it_and_by_no_other()
    {
        ArtifactRef model = await _store.PublishAsync("onnx/tiny:latest");
        using SigningKey key = SigningKey.Create(), other = SigningKey.Create();

        Assert.NotNull(await ArtifactSigner.SignAsync(_store, model, key, Shelf.Ct));

        Assert.Equal(key.Public.Id, (await new SignaturePolicy([other.Public, key.Public]).RequireAsync(_store, model, Shelf.Ct)).Id);
        SignatureException refused = await Assert.ThrowsAsync<SignatureException>(() => new SignaturePolicy([other.Public]).RequireAsync(_store, model, Shelf.Ct));
        Assert.Contains(model.ToString(), refused.Message, StringComparison.Ordinal);
        Assert.Contains($"expected one by the key {other.Public.Id}", refused.Message, StringComparison.Ordinal);
        Assert.Contains($"by key {key.Public.Id}", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_artifact_is_signed_once_by_a_key()
    {
        ArtifactRef model = await _store.PublishAsync("onnx/tiny:latest");
        using SigningKey key = SigningKey.Create(), other = SigningKey.Create();

        await ArtifactSigner.SignAsync(_store, model, key, Shelf.Ct);

        Assert.Null(await ArtifactSigner.SignAsync(_store, model, key, Shelf.Ct));
        Assert.NotNull(await ArtifactSigner.SignAsync(_store, model, other, Shelf.Ct));
        Assert.Equal(2, await _store.ListReferrersAsync(model.Digest, Shelf.Ct).CountAsync());
    }

    [Fact]
    public async Task An_unsigned_artifact_is_refused()
    {
        ArtifactRef model = await _store.PublishAsync("onnx/tiny:latest");
        using SigningKey key = SigningKey.Create();

        SignatureException refused = await Assert.ThrowsAsync<SignatureException>(() => new SignaturePolicy([key.Public]).RequireAsync(_store, model, Shelf.Ct));

        Assert.Equal($"{model} has no good signature: expected one by the key {key.Public.Id}; it has none.", refused.Message);
    }

    [Fact]
    public async Task The_statement_says_where_the_artifact_came_from()
    {
        (_, ArtifactRef weights, ArtifactRef model) = await _store.FillAsync();
        using SigningKey key = SigningKey.Create();
        Referrer signature = (await ArtifactSigner.SignAsync(_store, model, key, Shelf.Ct))!;

        JsonNode envelope = await ReadAsync(signature);
        JsonNode statement = JsonNode.Parse(Convert.FromBase64String((string)envelope["payload"]!))!;

        Assert.Equal("application/vnd.in-toto+json", (string?)envelope["payloadType"]);
        Assert.Equal(("https://in-toto.io/Statement/v1", "urn:unreel:lineage:v1"), ((string?)statement["_type"], (string?)statement["predicateType"]));
        Assert.Equal(("onnx/tiny", model.Digest.Hex), ((string?)statement["subject"]![0]!["name"], (string?)statement["subject"]![0]!["digest"]!["sha256"]));
        Assert.Equal(("export", 0.75, weights.Digest.ToString()), ((string?)statement["predicate"]!["stage"], (double)statement["predicate"]!["metrics"]!["top1"]!, (string?)statement["predicate"]!["inputs"]![0]!["digest"]));
        Assert.Equal(key.Public.Id, (string?)envelope["signatures"]![0]!["keyid"]);
    }

    [Fact]
    public void The_encoding_is_the_specifications()
    {
        // The example of the DSSE specification.
        Assert.Equal("DSSEv1 29 http://example.com/HelloWorld 11 hello world", Encoding.UTF8.GetString(DsseEnvelope.Encode("http://example.com/HelloWorld", "hello world"u8)));
        Assert.Equal("DSSEv1 2 ü 0 ", Encoding.UTF8.GetString(DsseEnvelope.Encode("ü", [])));
    }

    [Fact]
    public async Task The_signature_of_one_artifact_is_none_of_another()
    {
        ArtifactRef signed = await _store.PublishAsync("onnx/tiny:latest", "one"), other = await _store.PublishAsync("onnx/tiny:latest", "other");
        using SigningKey key = SigningKey.Create();
        Referrer signature = (await ArtifactSigner.SignAsync(_store, signed, key, Shelf.Ct))!;

        await _store.AttachAsync(other, DsseEnvelope.EnvelopeMediaType, signature.Manifest.Layers, Shelf.Ct);

        SignatureException refused = await Assert.ThrowsAsync<SignatureException>(() => new SignaturePolicy([key.Public]).RequireAsync(_store, other, Shelf.Ct));
        Assert.Contains("about another artifact", refused.Message, StringComparison.Ordinal);
    }

    public static TheoryData<string, Func<JsonObject, JsonNode?>> Tampering => new()
    {
        { "payload of another type", envelope => envelope["payloadType"] = "application/json" },
        { "payload changed", envelope => envelope["payload"] = Convert.ToBase64String(Encoding.UTF8.GetBytes(Encoding.UTF8.GetString(Convert.FromBase64String((string)envelope["payload"]!)).Replace("0.75", "0.95", StringComparison.Ordinal))) },
        { "payload no base64", envelope => envelope["payload"] = "%%%" },
        { "signature changed", envelope => envelope["signatures"]![0]!["sig"] = Convert.ToBase64String(new byte[70]) },
        { "signature empty", envelope => envelope["signatures"]![0]!["sig"] = "" },
        { "no signatures", envelope => envelope["signatures"] = new JsonArray() },
        { "a null for a signature", envelope => envelope["signatures"]!.AsArray()[0] = null },
        { "no envelope", envelope => envelope["signatures"] = 3 },
    };

    [Theory]
    [MemberData(nameof(Tampering))]
    public async Task A_changed_envelope_is_not_good_and_does_not_hide_a_good_one(string what, Func<JsonObject, JsonNode?> change)
    {
        ArtifactRef model = await _store.PublishAsync("onnx/tiny:latest");
        using SigningKey key = SigningKey.Create();
        DsseEnvelope good = DsseEnvelope.Sign(DsseEnvelope.InTotoType, CanonicalJson.Write(Statement.Of(await _store.ReadAsync(model, Shelf.Ct)), what, 1 << 20), key);
        JsonObject envelope = JsonNode.Parse(CanonicalJson.Write(good, what, 1 << 20))!.AsObject();
        change(envelope);
        await AttachAsync(model, CanonicalJson.Write(envelope));

        await Assert.ThrowsAsync<SignatureException>(() => new SignaturePolicy([key.Public]).RequireAsync(_store, model, Shelf.Ct));

        await ArtifactSigner.SignAsync(_store, model, key, Shelf.Ct);
        Assert.Equal(key.Public.Id, (await new SignaturePolicy([key.Public]).RequireAsync(_store, model, Shelf.Ct)).Id);
    }

    [Fact]
    public async Task A_key_may_say_other_things_that_are_no_signature()
    {
        ArtifactRef model = await _store.PublishAsync("onnx/tiny:latest");
        using SigningKey key = SigningKey.Create();
        Statement failed = Statement.Of(await _store.ReadAsync(model, Shelf.Ct)) with { PredicateType = "https://in-toto.io/attestation/test-result/v0.1" };
        await AttachAsync(model, CanonicalJson.Write(DsseEnvelope.Sign(DsseEnvelope.InTotoType, CanonicalJson.Write(failed, "it", 1 << 20), key), "it", 1 << 20));

        SignatureException refused = await Assert.ThrowsAsync<SignatureException>(() => new SignaturePolicy([key.Public]).RequireAsync(_store, model, Shelf.Ct));

        Assert.Contains("expected urn:unreel:lineage:v1", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_signature_goes_along_with_copies_and_layouts()
    {
        ArtifactRef model = await _store.PublishAsync("onnx/tiny:latest");
        using SigningKey key = SigningKey.Create();
        await ArtifactSigner.SignAsync(_store, model, key, Shelf.Ct);
        ArtifactStore copy = Shelf.Open(_folder, "copy"), import = Shelf.Open(_folder, "import");

        await _store.CopyAsync(copy, new ExchangeOptions(), "onnx/tiny");
        ExchangePlan plan = await ExchangePlan.MakeAsync(copy, [ArtifactReference.Parse("onnx/tiny")], new ExchangeOptions(), Shelf.Ct);
        string layout = await new LayoutExport(copy).RunAsync(plan, new ExchangeOptions(), _folder.File("layout.tar"), Shelf.Ct);
        await new LayoutImport(import, TimeProvider.System).RunAsync(await OciLayout.OpenAsync(layout, Shelf.Ct), null, null, Shelf.Ct);

        Assert.Equal(key.Public.Id, (await new SignaturePolicy([key.Public]).RequireAsync(import, model, Shelf.Ct)).Id);
    }

    [ProgramFact("openssl", "version")]
    public async Task Openssl_finds_the_signature_good()
    {
        ArtifactRef model = await _store.PublishAsync("onnx/tiny:latest");
        using SigningKey key = SigningKey.Create();
        JsonNode envelope = await ReadAsync((await ArtifactSigner.SignAsync(_store, model, key, Shelf.Ct))!);
        key.Public.Write(_folder.File("key.pub.pem"));
        await File.WriteAllBytesAsync(_folder.File("signed"), DsseEnvelope.Encode((string)envelope["payloadType"]!, Convert.FromBase64String((string)envelope["payload"]!)));
        await File.WriteAllBytesAsync(_folder.File("sig"), Convert.FromBase64String((string)envelope["signatures"]![0]!["sig"]!));

        (int code, string output) = Judges.Run("openssl", "dgst", "-sha256", "-verify", _folder.File("key.pub.pem"), "-signature", _folder.File("sig"), _folder.File("signed"));

        Assert.True(code == 0 && output.Contains("Verified OK", StringComparison.Ordinal), output);
    }

    private Task<Referrer> AttachAsync(ArtifactRef model, byte[] envelope) => Task.Run(async () =>
        await _store.AttachAsync(model, DsseEnvelope.EnvelopeMediaType, [await _store.AddBytesAsync(envelope, DsseEnvelope.EnvelopeMediaType, null, Shelf.Ct)], Shelf.Ct));

    private async Task<JsonNode> ReadAsync(Referrer signature)
    {
        Assert.Equal(DsseEnvelope.EnvelopeMediaType, signature.Manifest.ArtifactType);
        await using Stream content = await _store.OpenAsync(signature.Manifest.Layers.Single(), Shelf.Ct);
        return (await JsonNode.ParseAsync(content))!;
    }
}
