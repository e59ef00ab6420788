namespace Unreel.Artifacts;

/// <summary>A manifest of any sort (an artifact's, a referrer's, a run's) with the very bytes that its digest is of.</summary>
/// <param name="Digest">The digest of <paramref name="Bytes"/>.</param>
/// <param name="Bytes">The manifest as it is stored.</param>
/// <param name="Manifest">The manifest, read and checked.</param>
public sealed record StoredManifest(Digest Digest, ReadOnlyMemory<byte> Bytes, Manifest Manifest)
{
    /// <summary>The artifact whose manifest this is; null where it describes another one, or a run.</summary>
    public ArtifactRef? Artifact => Manifest.Subject is null ? ManifestRules.ArtifactOf(Manifest, Digest) : null;

    /// <summary>All blobs that it names: the config, then the layers.</summary>
    public IEnumerable<Descriptor> Blobs => Manifest.Layers.Prepend(Manifest.Config);

    /// <summary>Reads a manifest and checks what can be checked without its blobs: that its files' names are names, above all.</summary>
    /// <param name="bytes">The manifest.</param>
    /// <param name="what">What messages call it.</param>
    /// <exception cref="StoreException">It is no manifest, is too large, or names what cannot be.</exception>
    public static StoredManifest Read(ReadOnlyMemory<byte> bytes, string what) => bytes.Length <= ArtifactStore.MaxManifestBytes
        ? new StoredManifest(Digest.Of(bytes.Span), bytes, ManifestRules.Read(bytes.ToArray(), what))
        : throw new StoreException($"{what} has {bytes.Length} bytes; at most {ArtifactStore.MaxManifestBytes} are allowed.");
}
