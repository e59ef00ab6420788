using System.Text;
using System.Text.Json.Serialization;

namespace Unreel.Artifacts;

/// <summary>A Dead Simple Signing Envelope (DSSE 1.0): a payload, its type, and signatures over both.</summary>
public sealed record DsseEnvelope
{
    /// <summary>The media type of an envelope, and the artifact type of the referrer that carries one.</summary>
    public const string EnvelopeMediaType = "application/vnd.dsse.envelope.v1+json";

    /// <summary>The payload's type of all envelopes here.</summary>
    public const string InTotoType = "application/vnd.in-toto+json";

    /// <summary>The payload in base64.</summary>
    [JsonPropertyName("payload")]
    public required string Payload { get; init; }

    /// <summary>What the payload is.</summary>
    [JsonPropertyName("payloadType")]
    public required string PayloadType { get; init; }

    /// <summary>The signatures, at least one.</summary>
    [JsonPropertyName("signatures")]
    public required IReadOnlyList<DsseSignature> Signatures { get; init; }

    /// <summary>What is signed: the pre-authentication encoding of type and payload, <c>DSSEv1 LEN type LEN payload</c>.</summary>
    public static byte[] Encode(string type, ReadOnlySpan<byte> payload)
    {
        string head = $"DSSEv1 {Encoding.UTF8.GetByteCount(type)} {type} {payload.Length} ";
        return [.. Encoding.UTF8.GetBytes(head), .. payload];
    }

    /// <summary>Signs a payload.</summary>
    public static DsseEnvelope Sign(string type, ReadOnlySpan<byte> payload, SigningKey key) => new()
    {
        Payload = Convert.ToBase64String(payload),
        PayloadType = type,
        Signatures = [new DsseSignature { KeyId = key.Public.Id, Signature = Convert.ToBase64String(key.Sign(Encode(type, payload))) }],
    };

    /// <summary>The key that one of the signatures is good by; null where none is. A signature's own word for its key is not believed.</summary>
    public PublicKey? SignerAmong(IReadOnlyList<PublicKey> keys)
    {
        if (!TryDecode(Payload, out byte[] payload))
            return null;

        byte[] signed = Encode(PayloadType, payload);
        foreach (DsseSignature signature in Signatures)
        {
            if (TryDecode(signature.Signature, out byte[] bytes) && keys.FirstOrDefault(key => key.Verifies(signed, bytes)) is { } signer)
                return signer;
        }

        return null;
    }

    /// <summary>The payload's bytes; null where it is not base64.</summary>
    public byte[]? Decode() => TryDecode(Payload, out byte[] payload) ? payload : null;

    // The specification allows both alphabets.
    private static bool TryDecode(string text, out byte[] bytes)
    {
        string usual = text.Replace('-', '+').Replace('_', '/');
        bytes = new byte[usual.Length];
        bool isGood = Convert.TryFromBase64String(usual.PadRight((usual.Length + 3) / 4 * 4, '='), bytes, out int length);
        Array.Resize(ref bytes, isGood ? length : 0);
        return isGood;
    }
}

/// <summary>A signature of an envelope.</summary>
public sealed record DsseSignature
{
    /// <summary>A hint which key made it; here SHA-256 of the key's SubjectPublicKeyInfo.</summary>
    [JsonPropertyName("keyid")]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? KeyId { get; init; }

    /// <summary>The signature in base64; here of ECDSA, in DER.</summary>
    [JsonPropertyName("sig")]
    public required string Signature { get; init; }
}
