using Unreel.Artifacts.Blobs;

namespace Unreel.Artifacts;

/// <summary>One line of the stored index: the format, an artifact, a tag, or the digest of all lines before.</summary>
internal sealed record IndexLine
{
    public int Format { get; init; }

    public string? All { get; init; }

    /// <summary>An artifact as <c>kind/name@digest</c>.</summary>
    public string? Artifact { get; init; }

    public long Made { get; init; }

    public string? Stage { get; init; }

    public long Size { get; init; }

    public int Files { get; init; }

    /// <summary>Option, reference and digest, one after the other.</summary>
    public string[]? Inputs { get; init; }

    public SortedDictionary<string, double>? Metrics { get; init; }

    public string? Key { get; init; }

    /// <summary>A tag's path in the store.</summary>
    public string? Path { get; init; }

    public string? Stamp { get; init; }

    public string? Version { get; init; }

    public string? Target { get; init; }

    public static IndexLine Of(IndexEntry entry) => new()
    {
        Artifact = entry.Reference.ToString(),
        Made = entry.Made.UtcTicks,
        Stage = entry.Stage,
        Size = entry.Size,
        Files = entry.Files,
        Inputs = entry.Inputs.Count == 0 ? null : [.. entry.Inputs.SelectMany(input => (string[])[input.Option, input.Reference, input.Digest.ToString()])],
        Metrics = entry.Metrics.Count == 0 ? null : new(entry.Metrics.ToDictionary(), StringComparer.Ordinal),
        Key = entry.Key?.ToString(),
    };

    public static IndexLine Of(string path, KnownTag tag) =>
        new() { Path = path, Stamp = tag.Stamp, Version = tag.Tag.Version, Target = tag.Tag.Target.ToString() };

    public IndexEntry ToEntry()
    {
        ArtifactReference reference = ArtifactReference.Parse(Artifact!);
        return new IndexEntry
        {
            Reference = new ArtifactRef(reference.Kind, reference.Name, reference.Digest ?? throw new FormatException($"'{Artifact}' names no digest.")),
            Made = new DateTimeOffset(Made, TimeSpan.Zero),
            Stage = string.Intern(Stage ?? throw new FormatException($"{Artifact} has no stage.")),
            Size = Size,
            Files = Files,
            Inputs = [.. (Inputs ?? []).Chunk(3).Select(input => new LineageInput(string.Intern(input[0]), input[1], Digest.Parse(input[2])))],
            Metrics = Metrics ?? NoMetrics,
            Key = Key is null ? null : Digest.Parse(Key),
        };
    }

    public KnownTag ToTag() => StorePaths.TryTag(Path!, out ArtifactReference? reference)
        ? new KnownTag(Stamp ?? string.Empty, new Tag(reference.Kind, reference.Name, reference.Tag!, Digest.Parse(Target!), Version ?? string.Empty))
        : throw new FormatException($"'{Path}' is no tag's path.");

    private static readonly SortedDictionary<string, double> NoMetrics = [];
}
