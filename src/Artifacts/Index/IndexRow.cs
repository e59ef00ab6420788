using System.Diagnostics.CodeAnalysis;

namespace Unreel.Artifacts;

/// <summary>An entry with what a search looks at, prepared once.</summary>
[SuppressMessage("Globalization", "CA1308:Normalize strings to uppercase", Justification = "Names are written in lower case, so that most texts stay as they are.")]
internal sealed class IndexRow(IndexEntry entry)
{
    public IndexEntry Entry { get; } = entry;

    /// <summary>Name, stage, metrics' names and inputs' names, in lower case.</summary>
    public string Text { get; } = string.Join(
        '\n',
        new[] { ArtifactReference.KindText(entry.Reference.Kind) + "/" + entry.Reference.Name, entry.Stage }
            .Concat(entry.Metrics.Keys).Concat(entry.Inputs.Select(input => NameOf(input.Reference)))).ToLowerInvariant();

    /// <summary>The row of an artifact that was read.</summary>
    public static IndexRow Of(Artifact artifact, DateTimeOffset made) => new(new IndexEntry
    {
        Reference = artifact.Reference,
        Made = made,
        Stage = artifact.Lineage.Stage,
        Size = artifact.Size,
        Files = artifact.Manifest.Layers.Count,
        Inputs = artifact.Lineage.Inputs,
        Metrics = artifact.Lineage.Metrics,
        Key = artifact.Lineage.Key,
    });

    /// <summary>The same with another time.</summary>
    public IndexRow At(DateTimeOffset made) => Entry.Made == made ? this : new IndexRow(Entry with { Made = made });

    /// <summary>Whether two rows say the same of an artifact, the time aside.</summary>
    public bool Agrees(IndexRow other)
    {
        (IndexEntry a, IndexEntry b) = (Entry, other.Entry);
        return (a.Reference, a.Stage, a.Size, a.Files, a.Key) == (b.Reference, b.Stage, b.Size, b.Files, b.Key)
            && a.Inputs.SequenceEqual(b.Inputs)
            && a.Metrics.OrderBy(pair => pair.Key, StringComparer.Ordinal).SequenceEqual(b.Metrics.OrderBy(pair => pair.Key, StringComparer.Ordinal));
    }

    // The digest of an input is looked for in another way; as text it would only find what nobody meant.
    private static string NameOf(string reference) =>
        reference.IndexOf("@sha256:", StringComparison.Ordinal) is >= 0 and var at ? reference[..at] : reference;
}

/// <summary>A tag with the stamp its listing had when it was read.</summary>
internal sealed record KnownTag(string Stamp, Tag Tag);
