using System.Text.Json.Serialization;

namespace Unreel.Artifacts;

/// <summary>A manifest of a layout: one of ours, or anybody's.</summary>
/// <param name="Entry">How the index names it.</param>
/// <param name="Bytes">The manifest as it lies there, held against its digest.</param>
/// <param name="Artifact">The artifact that it is the manifest of; null where it is none of ours or describes another.</param>
/// <param name="Subject">What it describes; null where that is nothing.</param>
/// <param name="ArtifactType">What it says that it is; null where it says nothing.</param>
/// <param name="Config">Its config.</param>
/// <param name="Layers">Its layers.</param>
public sealed record LayoutManifest(
    OciEntry Entry, ReadOnlyMemory<byte> Bytes, ArtifactRef? Artifact, Descriptor? Subject, string? ArtifactType, Descriptor Config, IReadOnlyList<Descriptor> Layers)
{
    /// <summary>The tag by which it is an artifact's; null where it has none, or one that no tag of ours may be called.</summary>
    /// <param name="artifact">The artifact that it became.</param>
    public ArtifactReference? TagOf(ArtifactRef artifact)
    {
        if (Entry.Tag is not { } tag)
            return null;

        string kind = ArtifactReference.KindText(artifact.Kind);
        bool isWhole = tag.Contains('/', StringComparison.Ordinal);
        return ArtifactReference.TryParse(isWhole ? tag : $"{kind}/{artifact.Name}:{tag}", out ArtifactReference? reference, out _)
            && reference.Tag is not null && reference.Kind == artifact.Kind && reference.Name == artifact.Name
            ? reference
            : null;
    }

    /// <summary>Reads one.</summary>
    /// <exception cref="StoreException">It is no manifest, or names what cannot be.</exception>
    internal static LayoutManifest Read(OciEntry entry, byte[] bytes, string what)
    {
        AnyManifest any = CanonicalJson.Read<AnyManifest>(bytes, what);
        if (any.SchemaVersion != 2 || any.MediaType is not (null or Manifest.ManifestMediaType))
            throw new StoreException($"{what} is not an OCI image manifest: schemaVersion {any.SchemaVersion}, mediaType '{any.MediaType}'.");

        foreach (Descriptor blob in CanonicalJson.Filled(any.Layers, what).Append(any.Config))
        {
            if (blob.Size < 0 || blob.Digest == default)
                throw new StoreException($"{what} names a blob '{blob.Digest}' of {blob.Size} bytes.");
        }

        ManifestRules.CheckTitles(any.Layers);
        ArtifactRef? artifact = any.Subject is null && ManifestRules.LooksLikeManifest(bytes) && any.ArtifactType is not null
            ? ManifestRules.ArtifactOf(ManifestRules.Read(bytes, what), entry.Digest)
            : null;
        return new LayoutManifest(entry, bytes, artifact, any.Subject, any.ArtifactType, any.Config, any.Layers);
    }

    /// <summary>What every OCI manifest has, whoever wrote it.</summary>
    private sealed record AnyManifest
    {
        [JsonPropertyName("schemaVersion")]
        public required int SchemaVersion { get; init; }

        [JsonPropertyName("mediaType")]
        public string? MediaType { get; init; }

        [JsonPropertyName("artifactType")]
        public string? ArtifactType { get; init; }

        [JsonPropertyName("config")]
        public required Descriptor Config { get; init; }

        [JsonPropertyName("layers")]
        public required IReadOnlyList<Descriptor> Layers { get; init; }

        [JsonPropertyName("subject")]
        public Descriptor? Subject { get; init; }
    }
}
