namespace Unreel.Artifacts;

/// <summary>Whose signatures are trusted: an artifact is good when one of the keys has signed exactly its manifest.</summary>
/// <param name="keys">The keys, at least one.</param>
public sealed class SignaturePolicy(IReadOnlyList<PublicKey> keys)
{
    /// <summary>Largest envelope that is looked at, in bytes.</summary>
    public const int MostBytes = 8 << 20;

    /// <summary>The keys.</summary>
    public IReadOnlyList<PublicKey> Keys { get; } = keys.Count > 0 ? keys : throw new ArgumentException("A policy needs a key.", nameof(keys));

    /// <summary>Reads the keys of files; null where there are none, and nothing is demanded.</summary>
    /// <exception cref="SignatureException">A file holds no public key.</exception>
    public static SignaturePolicy? FromFiles(IReadOnlyList<string> files) =>
        files.Count == 0 ? null : new SignaturePolicy([.. files.Select(PublicKey.Read)]);

    /// <summary>Looks at an artifact's signatures.</summary>
    /// <param name="store">Where it is.</param>
    /// <param name="artifact">The artifact.</param>
    /// <param name="ct">Cancels.</param>
    public async Task<SignatureReport> LookAsync(IArtifactStore store, ArtifactRef artifact, CancellationToken ct)
    {
        List<string> others = [];
        await foreach (Referrer referrer in store.ListReferrersAsync(artifact.Digest, ct))
        {
            if (referrer.Manifest.ArtifactType != DsseEnvelope.EnvelopeMediaType)
                continue;

            (PublicKey? signer, Statement? statement, string? why) = await LookAsync(store, referrer, artifact, ct);
            if (signer is not null)
                return new SignatureReport(signer, statement, referrer.Digest, others);

            others.Add($"{referrer.Digest}: {why}");
        }

        return new SignatureReport(null, null, null, others);
    }

    /// <summary>Refuses an artifact that none of the keys has signed.</summary>
    /// <returns>The key that has.</returns>
    /// <exception cref="SignatureException">There is no good signature; the message names the artifact and the keys.</exception>
    public async Task<PublicKey> RequireAsync(IArtifactStore store, ArtifactRef artifact, CancellationToken ct)
    {
        SignatureReport report = await LookAsync(store, artifact, ct);
        string expected = Keys.Count == 1 ? $"one by the key {Keys[0].Id}" : $"one by any of the keys {string.Join(", ", Keys.Select(key => key.Id))}";
        string found = report.Others.Count == 0 ? "it has none" : $"it has {report.Others.Count} that are not: {string.Join("; ", report.Others.Take(5))}";
        return report.Signer ?? throw new SignatureException($"{artifact} has no good signature: expected {expected}; {found}.");
    }

    private async Task<(PublicKey? Signer, Statement? Statement, string? Why)> LookAsync(IArtifactStore store, Referrer referrer, ArtifactRef artifact, CancellationToken ct)
    {
        if (referrer.Manifest.Layers is not [{ Size: <= MostBytes } layer])
            return (null, null, "it is not one envelope of at most 8 MiB");

        try
        {
            byte[] bytes = new byte[layer.Size];
            await using Stream content = await store.OpenAsync(layer, ct);
            await content.ReadExactlyAsync(bytes, ct);
            DsseEnvelope envelope = CanonicalJson.Read<DsseEnvelope>(bytes, "the envelope");
            CanonicalJson.Filled(envelope.Signatures, "the envelope");
            return Judge(envelope, artifact);
        }
        catch (Exception e) when (e is StoreException and not StoreUnreachableException or EndOfStreamException)
        {
            // What stands in place of a signature is none; another one may be good.
            return (null, null, e.Message);
        }
    }

    private (PublicKey? Signer, Statement? Statement, string? Why) Judge(DsseEnvelope envelope, ArtifactRef artifact)
    {
        if (envelope.PayloadType != DsseEnvelope.InTotoType)
            return (null, null, $"its payload is of the type '{envelope.PayloadType}', expected {DsseEnvelope.InTotoType}");

        // First who says it, then what is said.
        if (envelope.SignerAmong(Keys) is not { } signer)
            return (null, null, $"it is by {string.Join(", ", envelope.Signatures.Select(signature => $"key {signature.KeyId ?? "unnamed"}"))}, or not good");

        Statement statement = CanonicalJson.Read<Statement>(envelope.Decode(), "the statement");
        CanonicalJson.Filled(statement.Subject, "the statement");
        if (statement.PredicateType != Statement.LineageType)
            return (null, null, $"it is the key's, but says '{statement.PredicateType}', expected {Statement.LineageType}");

        return statement.IsAbout(artifact.Digest)
            ? (signer, statement, null)
            : (null, null, $"it is the key's, but about another artifact: {string.Join(", ", statement.Subject.Select(subject => $"{subject.Name} {string.Join(' ', subject.Digest.Values)}"))}");
    }
}

/// <summary>What was found of an artifact's signatures.</summary>
/// <param name="Signer">The key by which one is good; null where none is.</param>
/// <param name="Statement">What that one says.</param>
/// <param name="Signature">The digest of the manifest that carries it.</param>
/// <param name="Others">Those that are not good, and why.</param>
public sealed record SignatureReport(PublicKey? Signer, Statement? Statement, Digest? Signature, IReadOnlyList<string> Others);
