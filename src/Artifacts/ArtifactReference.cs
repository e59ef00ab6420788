using System.Diagnostics.CodeAnalysis;

namespace Unreel.Artifacts;

/// <summary>Names immutable bytes by content; equal references always open equal bytes.</summary>
public readonly record struct ArtifactRef(ArtifactKind Kind, string Name, Digest Digest)
{
    /// <summary>Returns e.g. <c>weights/tiny@sha256:9f2c…</c>, used in manifests, logs and URLs.</summary>
    public override string ToString() => $"{ArtifactReference.KindText(Kind)}/{Name}@{Digest}";
}

/// <summary>What a person writes to mean an artifact: <c>kind/name:tag</c> or <c>kind/name@sha256:…</c>.</summary>
public sealed partial record ArtifactReference
{
    /// <summary>The tag used when none is given.</summary>
    public const string Latest = "latest";

    private ArtifactReference(ArtifactKind kind, string name, string? tag, Digest? digest) =>
        (Kind, Name, Tag, Digest) = (kind, name, tag, digest);

    /// <summary>What the artifact holds.</summary>
    public ArtifactKind Kind { get; }

    /// <summary>Lower-case letters, digits, and <c>.</c> <c>_</c> <c>-</c> inside; at most 128 characters.</summary>
    public string Name { get; }

    /// <summary>The tag, or null where a digest is named.</summary>
    public string? Tag { get; }

    /// <summary>The digest, or null where a tag is named.</summary>
    public Digest? Digest { get; }

    /// <summary>Means what <paramref name="tag"/> points to at the time of asking.</summary>
    public static ArtifactReference ToTag(ArtifactKind kind, string name, string tag = Latest) =>
        Parse($"{KindText(kind)}/{name}:{tag}");

    /// <summary>Means exactly <paramref name="artifact"/>.</summary>
    public static ArtifactReference To(ArtifactRef artifact) =>
        new(artifact.Kind, artifact.Name, null, artifact.Digest);

    /// <summary>Reads a reference; without tag and digest, <see cref="Latest"/> is meant.</summary>
    /// <exception cref="FormatException">The text is not a reference; the message says what was expected.</exception>
    public static ArtifactReference Parse(string text) =>
        TryParse(text, out ArtifactReference? reference, out string? why)
            ? reference
            : throw new FormatException($"'{text}' is not an artifact reference: {why}. Expected kind/name:tag or kind/name@sha256:…, where kind is one of {string.Join(", ", Enum.GetValues<ArtifactKind>().Select(KindText))}.");

    /// <summary>Reads a reference, giving the reason where it cannot.</summary>
    public static bool TryParse(string? text, [NotNullWhen(true)] out ArtifactReference? reference, [NotNullWhen(false)] out string? why)
    {
        reference = null;
        why = null;
        string[] parts = (text ?? string.Empty).Split('/');
        if (parts.Length != 2)
            why = "it has no single '/'";
        else if (!TryParseKind(parts[0], out ArtifactKind kind))
            why = $"'{parts[0]}' is not a kind";
        else
            reference = ParseName(kind, parts[1], out why);

        return reference is not null;
    }

    /// <summary>Reads a kind's lower-case word.</summary>
    public static bool TryParseKind(string text, out ArtifactKind kind)
    {
        foreach (ArtifactKind candidate in Enum.GetValues<ArtifactKind>())
        {
            if (KindText(candidate) == text)
            {
                kind = candidate;
                return true;
            }
        }

        kind = default;
        return false;
    }

    /// <summary>The lower-case word for a kind, as used in references, paths and media types.</summary>
    [SuppressMessage("Globalization", "CA1308:Normalize strings to uppercase", Justification = "Kinds are written in lower case.")]
    public static string KindText(ArtifactKind kind) => kind.ToString().ToLowerInvariant();

    /// <summary>Returns the reference as it is written.</summary>
    public override string ToString() =>
        Digest is { } digest ? $"{KindText(Kind)}/{Name}@{digest}" : $"{KindText(Kind)}/{Name}:{Tag}";

    private static ArtifactReference? ParseName(ArtifactKind kind, string rest, out string? why)
    {
        why = null;
        int at = rest.IndexOf('@', StringComparison.Ordinal);
        int colon = at < 0 ? rest.IndexOf(':', StringComparison.Ordinal) : -1;
        string name = at >= 0 ? rest[..at] : colon >= 0 ? rest[..colon] : rest;
        if (!NamePattern().IsMatch(name))
            why = $"'{name}' is not a name (lower-case letters and digits with . _ - inside, at most 128)";
        else if (at >= 0 && Artifacts.Digest.TryParse(rest[(at + 1)..], out Digest digest))
            return new ArtifactReference(kind, name, null, digest);
        else if (at >= 0)
            why = $"'{rest[(at + 1)..]}' is not a digest";
        else if (colon >= 0 && !TagPattern().IsMatch(rest[(colon + 1)..]))
            why = $"'{rest[(colon + 1)..]}' is not a tag (letters, digits and . _ -, at most 128)";
        else
            return new ArtifactReference(kind, name, colon >= 0 ? rest[(colon + 1)..] : Latest, null);

        return null;
    }

    [System.Text.RegularExpressions.GeneratedRegex(@"\A[a-z0-9](?:[a-z0-9]|[._-](?=[a-z0-9])){0,127}\z")]
    private static partial System.Text.RegularExpressions.Regex NamePattern();

    [System.Text.RegularExpressions.GeneratedRegex(@"\A[A-Za-z0-9_][A-Za-z0-9._-]{0,127}\z")]
    private static partial System.Text.RegularExpressions.Regex TagPattern();
}
