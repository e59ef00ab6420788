using System.Diagnostics.CodeAnalysis;
using Unreel.Artifacts;

namespace Unreel.Pipelines;

/// <summary>An input as written in options: an artifact (<c>kind/name:tag</c>, <c>kind/name@sha256:…</c>) or a path on this machine.</summary>
public sealed record StageInput
{
    private StageInput(string text, ArtifactReference? reference) => (Text, Reference) = (text, reference);

    /// <summary>The input as it was written.</summary>
    public string Text { get; }

    /// <summary>The artifact meant, or null for a path.</summary>
    public ArtifactReference? Reference { get; }

    /// <summary>Whether this is a path on this machine.</summary>
    [MemberNotNullWhen(false, nameof(Reference))]
    public bool IsPath => Reference is null;

    /// <summary>
    /// Reads an input. What reads as an artifact reference is one, unless it begins with <c>.</c> or <c>/</c>
    /// or a file or folder of that name exists; everything else is a path.
    /// </summary>
    public static StageInput Parse(string text)
    {
        bool isPath = text.StartsWith('.') || Path.IsPathRooted(text) || Path.Exists(text);
        return !isPath && ArtifactReference.TryParse(text, out ArtifactReference? reference, out _)
            ? new StageInput(text, reference)
            : new StageInput(text, null);
    }

    /// <summary>
    /// Reads an input that was written in a file or on a command line. What begins with <c>.</c>, <c>/</c> or <c>~/</c>, or exists
    /// under <paramref name="baseFolder"/>, is a path; what reads as an artifact reference is one; everything else is a path.
    /// </summary>
    /// <param name="text">The text; a relative path is relative to <paramref name="baseFolder"/>.</param>
    /// <param name="baseFolder">The folder of the file it was written in, or the current folder for a command line.</param>
    public static StageInput Parse(string text, string baseFolder)
    {
        string path = LocalPath.Full(text, baseFolder);
        bool isPath = LocalPath.IsHome(text) || text.StartsWith('.') || Path.IsPathRooted(text) || Path.Exists(path);
        return !isPath && ArtifactReference.TryParse(text, out ArtifactReference? reference, out _)
            ? new StageInput(text, reference)
            : new StageInput(path, null);
    }

    /// <summary>Means exactly <paramref name="artifact"/>.</summary>
    public static StageInput Of(ArtifactRef artifact) => new(artifact.ToString(), ArtifactReference.To(artifact));

    /// <inheritdoc/>
    public override string ToString() => Text;
}
