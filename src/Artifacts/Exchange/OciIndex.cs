using System.Text.Json.Serialization;

namespace Unreel.Artifacts;

/// <summary>An OCI 1.1 image index: a list of manifests, in a layout's <c>index.json</c> or as the answer to who refers to an artifact.</summary>
public sealed record OciIndex
{
    /// <summary>The media type of an index.</summary>
    public const string IndexMediaType = "application/vnd.oci.image.index.v1+json";

    /// <summary>Always 2.</summary>
    [JsonPropertyName("schemaVersion")]
    public int SchemaVersion { get; init; } = 2;

    /// <summary>Always <see cref="IndexMediaType"/>; others may leave it out.</summary>
    [JsonPropertyName("mediaType")]
    public string MediaType { get; init; } = IndexMediaType;

    /// <summary>The manifests.</summary>
    [JsonPropertyName("manifests")]
    public required IReadOnlyList<OciEntry> Manifests { get; init; }

    /// <summary>The index as canonical JSON.</summary>
    public byte[] ToBytes() => CanonicalJson.Write(this, "An index", int.MaxValue);
}

/// <summary>A manifest as an index names it.</summary>
public sealed record OciEntry
{
    /// <summary>The annotation that carries a tag in a layout.</summary>
    public const string TagAnnotation = "org.opencontainers.image.ref.name";

    /// <summary>What the bytes are.</summary>
    [JsonPropertyName("mediaType")]
    public required string MediaType { get; init; }

    /// <summary>The manifest's digest.</summary>
    [JsonPropertyName("digest")]
    public required Digest Digest { get; init; }

    /// <summary>Its bytes.</summary>
    [JsonPropertyName("size")]
    public required long Size { get; init; }

    /// <summary>What it is a manifest of.</summary>
    [JsonPropertyName("artifactType")]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? ArtifactType { get; init; }

    /// <summary>Its annotations; in a layout, with a tag.</summary>
    [JsonPropertyName("annotations")]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public SortedDictionary<string, string>? Annotations { get; init; }

    /// <summary>The tag, or null where it has none.</summary>
    [JsonIgnore]
    public string? Tag => Annotations?.GetValueOrDefault(TagAnnotation);

    /// <summary>Names a manifest in an index.</summary>
    /// <param name="manifest">The manifest.</param>
    /// <param name="tag">The tag to name it by, null for none.</param>
    public static OciEntry Of(StoredManifest manifest, string? tag = null)
    {
        SortedDictionary<string, string> annotations = new(manifest.Manifest.Annotations ?? [], StringComparer.Ordinal);
        if (tag is not null)
            annotations[TagAnnotation] = tag;

        return new OciEntry
        {
            MediaType = Manifest.ManifestMediaType,
            Digest = manifest.Digest,
            Size = manifest.Bytes.Length,
            ArtifactType = manifest.Manifest.ArtifactType,
            Annotations = annotations.Count > 0 ? annotations : null,
        };
    }
}
