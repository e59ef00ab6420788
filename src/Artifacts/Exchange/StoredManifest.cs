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
}
