using System.Text.Json.Serialization;

namespace Unreel.Artifacts;

/// <summary>An in-toto statement (version 1): says something of artifacts by their digests.</summary>
public sealed record Statement
{
    /// <summary>The type of a statement.</summary>
    public const string StatementType = "https://in-toto.io/Statement/v1";

    /// <summary>The type of what is said here: where an artifact came from.</summary>
    public const string LineageType = "urn:unreel:lineage:v1";

    /// <summary>Always <see cref="StatementType"/>.</summary>
    [JsonPropertyName("_type")]
    public required string Type { get; init; }

    /// <summary>What it is about.</summary>
    [JsonPropertyName("subject")]
    public required IReadOnlyList<StatementSubject> Subject { get; init; }

    /// <summary>What sort of thing is said.</summary>
    [JsonPropertyName("predicateType")]
    public required string PredicateType { get; init; }

    /// <summary>What is said; null where nothing is.</summary>
    [JsonPropertyName("predicate")]
    public LineagePredicate? Predicate { get; init; }

    /// <summary>Says where an artifact came from.</summary>
    public static Statement Of(Artifact artifact) => new()
    {
        Type = StatementType,
        Subject = [new StatementSubject($"{ArtifactReference.KindText(artifact.Reference.Kind)}/{artifact.Reference.Name}", new(StringComparer.Ordinal) { ["sha256"] = artifact.Reference.Digest.Hex })],
        PredicateType = LineageType,
        Predicate = LineagePredicate.Of(artifact),
    };

    /// <summary>Whether it is about exactly this artifact.</summary>
    public bool IsAbout(Digest artifact) =>
        Type == StatementType && Subject.Any(subject => subject.Digest.TryGetValue("sha256", out string? hex) && hex == artifact.Hex);
}

/// <summary>What a statement is about.</summary>
/// <param name="Name">The artifact, <c>kind/name</c>.</param>
/// <param name="Digest">Its digests by algorithm; here <c>sha256</c> of the manifest.</param>
public sealed record StatementSubject(
    [property: JsonPropertyName("name")] string? Name,
    [property: JsonPropertyName("digest")] SortedDictionary<string, string> Digest);

/// <summary>Where an artifact came from, in short. The options are named by the digest of the lineage only.</summary>
public sealed record LineagePredicate
{
    /// <summary>The stage that made it.</summary>
    public string? Stage { get; init; }

    /// <summary>The stage's version.</summary>
    public int StageVersion { get; init; }

    /// <summary>The key of the work; null for files brought by hand.</summary>
    public Digest? Key { get; init; }

    /// <summary>The digest of the whole lineage, options included.</summary>
    public Digest? Lineage { get; init; }

    /// <summary>The version of Unreel.</summary>
    public string? Code { get; init; }

    /// <summary>The libraries it was made with.</summary>
    public string? Runtime { get; init; }

    /// <summary>The device it was made on.</summary>
    public string? Device { get; init; }

    /// <summary>The seed, where there is one.</summary>
    public ulong? Seed { get; init; }

    /// <summary>What it was made from.</summary>
    public IReadOnlyList<LineageInput> Inputs { get; init; } = [];

    /// <summary>Its figures.</summary>
    public SortedDictionary<string, double> Metrics { get; init; } = [];

    /// <summary>Its files by title, with their digests.</summary>
    public SortedDictionary<string, Digest> Files { get; init; } = [];

    /// <summary>The short form of an artifact's lineage.</summary>
    public static LineagePredicate Of(Artifact artifact) => new()
    {
        Stage = artifact.Lineage.Stage,
        StageVersion = artifact.Lineage.StageVersion,
        Key = artifact.Lineage.Key,
        Lineage = artifact.Manifest.Config.Digest,
        Code = artifact.Lineage.Code,
        Runtime = artifact.Lineage.Runtime,
        Device = artifact.Lineage.Device,
        Seed = artifact.Lineage.Seed,
        Inputs = artifact.Lineage.Inputs,
        Metrics = artifact.Lineage.Metrics,
        Files = new(artifact.Manifest.Layers.ToDictionary(layer => layer.Title ?? layer.Digest.ToString(), layer => layer.Digest, StringComparer.Ordinal), StringComparer.Ordinal),
    };
}
