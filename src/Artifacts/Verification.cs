namespace Unreel.Artifacts;

/// <summary>What kind of thing was looked at.</summary>
public enum VerifiedKind
{
    /// <summary>An artifact: manifest, lineage and files.</summary>
    Artifact,

    /// <summary>A tag: that it holds a digest, and that the artifact is there.</summary>
    Tag,

    /// <summary>A manifest that describes another, such as a signature or a run record.</summary>
    Referrer,

    /// <summary>The record of a pipeline's run, with its logs.</summary>
    Run,

    /// <summary>A file in the store that belongs to nobody.</summary>
    Foreign,
}

/// <summary>What was found of one thing.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Name">Its reference, digest or path.</param>
/// <param name="Problems">What is wrong, one line each; empty where it is whole.</param>
public sealed record Verified(VerifiedKind Kind, string Name, IReadOnlyList<string> Problems)
{
    /// <summary>What is worth knowing and no damage: inputs that this store does not list.</summary>
    public IReadOnlyList<string> Notes { get; init; } = [];
}
