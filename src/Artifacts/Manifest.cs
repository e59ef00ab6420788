using System.Text.Json.Serialization;

namespace Unreel.Artifacts;

/// <summary>Points at a blob: its media type, digest and size (OCI image specification 1.1, content descriptors).</summary>
public sealed record Descriptor
{
    /// <summary>The annotation that carries a layer's file name, a relative path with forward slashes.</summary>
    public const string TitleAnnotation = "org.opencontainers.image.title";

    /// <summary>What the bytes are.</summary>
    [JsonPropertyName("mediaType")]
    public required string MediaType { get; init; }

    /// <summary>The digest of the bytes.</summary>
    [JsonPropertyName("digest")]
    public required Digest Digest { get; init; }

    /// <summary>The number of bytes.</summary>
    [JsonPropertyName("size")]
    public required long Size { get; init; }

    /// <summary>Names and the like; layers carry their file name under <see cref="TitleAnnotation"/>.</summary>
    [JsonPropertyName("annotations")]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public SortedDictionary<string, string>? Annotations { get; init; }

    /// <summary>The layer's file name, or null where it has none.</summary>
    [JsonIgnore]
    public string? Title => Annotations?.GetValueOrDefault(TitleAnnotation);
}

/// <summary>An OCI 1.1 image manifest: what an artifact consists of and where it came from.</summary>
public sealed record Manifest
{
    /// <summary>The media type of a manifest.</summary>
    public const string ManifestMediaType = "application/vnd.oci.image.manifest.v1+json";

    /// <summary>The media type of a config that holds a <see cref="Lineage"/>.</summary>
    public const string LineageMediaType = "application/vnd.unreel.lineage.v1+json";

    /// <summary>The media type of the empty document that stands where a config or a layer is demanded and there is none.</summary>
    public const string EmptyMediaType = "application/vnd.oci.empty.v1+json";

    /// <summary>The annotation that carries an artifact's name.</summary>
    public const string NameAnnotation = "vnd.unreel.name";

    /// <summary>The artifact type of a kind, <c>application/vnd.unreel.KIND.v1</c>.</summary>
    public static string TypeOf(ArtifactKind kind) => $"application/vnd.unreel.{ArtifactReference.KindText(kind)}.v1";

    /// <summary>Always 2.</summary>
    [JsonPropertyName("schemaVersion")]
    public int SchemaVersion { get; init; } = 2;

    /// <summary>Always <see cref="ManifestMediaType"/>.</summary>
    [JsonPropertyName("mediaType")]
    public string MediaType { get; init; } = ManifestMediaType;

    /// <summary><c>application/vnd.unreel.KIND.v1</c>.</summary>
    [JsonPropertyName("artifactType")]
    public required string ArtifactType { get; init; }

    /// <summary>The lineage: a JSON document of type <see cref="Lineage"/>.</summary>
    [JsonPropertyName("config")]
    public required Descriptor Config { get; init; }

    /// <summary>The files.</summary>
    [JsonPropertyName("layers")]
    public required IReadOnlyList<Descriptor> Layers { get; init; }

    /// <summary>The artifact this one describes, if any.</summary>
    [JsonPropertyName("subject")]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public Descriptor? Subject { get; init; }

    /// <summary>The artifact's name and the like.</summary>
    [JsonPropertyName("annotations")]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public SortedDictionary<string, string>? Annotations { get; init; }
}
