namespace Unreel.Artifacts;

/// <summary>Signs artifacts, offline, and attaches the signatures to them.</summary>
public static class ArtifactSigner
{
    /// <summary>Signs an artifact: an in-toto statement about its manifest's digest in a DSSE envelope, attached as a referrer.</summary>
    /// <param name="store">Where the artifact is.</param>
    /// <param name="artifact">The artifact.</param>
    /// <param name="key">The key.</param>
    /// <param name="ct">Cancels.</param>
    /// <returns>The signature; null where the artifact has a good one of this key already.</returns>
    /// <exception cref="ArtifactNotFoundException">There is no such artifact.</exception>
    public static async Task<Referrer?> SignAsync(IArtifactStore store, ArtifactRef artifact, SigningKey key, CancellationToken ct)
    {
        Artifact read = await store.ReadAsync(artifact, ct);
        SignatureReport there = await new SignaturePolicy([key.Public]).LookAsync(store, artifact, ct);
        if (there.Signer is not null)
            return null;

        byte[] statement = CanonicalJson.Write(Statement.Of(read), $"The statement about {artifact}", SignaturePolicy.MostBytes / 2);
        DsseEnvelope envelope = DsseEnvelope.Sign(DsseEnvelope.InTotoType, statement, key);
        byte[] bytes = CanonicalJson.Write(envelope, $"The signature of {artifact}", SignaturePolicy.MostBytes);
        return await store.AttachAsync(artifact, DsseEnvelope.EnvelopeMediaType, [await store.AddBytesAsync(bytes, DsseEnvelope.EnvelopeMediaType, title: null, ct)], ct);
    }
}
