using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;

namespace Unreel.Artifacts;

/// <summary>All artifacts and tags of a store as they were at one moment; immutable, and safe for many readers at once.</summary>
public sealed partial class IndexSnapshot
{
    private readonly IndexRow[] _rows;
    private readonly Dictionary<ArtifactRef, IndexRow> _byReference;
    private readonly ILookup<ArtifactRef, string> _tags;
    private readonly Lazy<ILookup<Digest, IndexEntry>> _byDigest;
    private readonly Lazy<ILookup<Digest, IndexEntry>> _dependents;
    private readonly Lazy<string[]> _digests;
    private readonly ConcurrentDictionary<(IndexOrder, string?), int[]> _orders = new();

    internal IndexSnapshot(IndexRow[] rows, IReadOnlyList<Tag> tags, IReadOnlyList<BrokenArtifact> broken)
    {
        (_rows, Tags, Broken) = (rows, tags, broken);
        Entries = Array.ConvertAll(rows, row => row.Entry);
        _byReference = rows.ToDictionary(row => row.Entry.Reference);
        _tags = tags.ToLookup(tag => new ArtifactRef(tag.Kind, tag.Name, tag.Target), tag => tag.Value);
        _byDigest = new(() => Entries.ToLookup(entry => entry.Reference.Digest));
        _dependents = new(() => Entries
            .SelectMany(entry => entry.Inputs.Select(input => input.Digest).Distinct().Select(input => (input, entry)))
            .ToLookup(pair => pair.input, pair => pair.entry));
        _digests = new(() => [.. Entries.Select(entry => entry.Reference.Digest.Hex).Order(StringComparer.Ordinal).Distinct()]);
        Version = VersionOf(Entries, tags, broken);
    }

    /// <summary>Every artifact, in the ordinal order of <c>kind/name/digest</c>.</summary>
    public IReadOnlyList<IndexEntry> Entries { get; }

    /// <summary>Every tag, in the ordinal order of <c>kind/name/tag</c>.</summary>
    public IReadOnlyList<Tag> Tags { get; }

    /// <summary>Artifacts that are listed and whose manifest or lineage cannot be read, with the reason.</summary>
    public IReadOnlyList<BrokenArtifact> Broken { get; }

    /// <summary>Differs whenever what is in the snapshot differs; fit for an ETag.</summary>
    public string Version { get; }

    /// <summary>An artifact; null where there is none.</summary>
    public IndexEntry? Find(ArtifactRef artifact) => _byReference.GetValueOrDefault(artifact)?.Entry;

    /// <summary>The artifacts by a digest, under whatever names.</summary>
    public IEnumerable<IndexEntry> ByDigest(Digest digest) => _byDigest.Value[digest];

    /// <summary>The artifacts whose digests begin so.</summary>
    /// <param name="hex">Hexadecimal digits in lower case, without <c>sha256:</c>.</param>
    public IEnumerable<IndexEntry> ByPrefix(string hex)
    {
        int at = Array.BinarySearch(_digests.Value, hex, StringComparer.Ordinal);
        for (at = at < 0 ? ~at : at; at < _digests.Value.Length && _digests.Value[at].StartsWith(hex, StringComparison.Ordinal); at++)
        {
            foreach (IndexEntry entry in ByDigest(Digest.Parse("sha256:" + _digests.Value[at])))
                yield return entry;
        }
    }

    /// <summary>The same with those that cannot be read: whoever removes one must be able to name it.</summary>
    /// <param name="hex">Hexadecimal digits in lower case, without <c>sha256:</c>.</param>
    public IEnumerable<ArtifactRef> ReferencesByPrefix(string hex) => ByPrefix(hex).Select(entry => entry.Reference)
        .Concat(Broken.Select(broken => broken.Artifact).Where(artifact => artifact.Digest.Hex.StartsWith(hex, StringComparison.Ordinal)));

    /// <summary>The tags that point to an artifact, by name.</summary>
    public IEnumerable<string> TagsOf(ArtifactRef artifact) => _tags[artifact];

    /// <summary>The artifacts that were made from this one directly.</summary>
    public IEnumerable<IndexEntry> DependentsOf(Digest artifact) => _dependents.Value[artifact];

    /// <summary>What was made from an artifact, over however many steps, and is tagged; nearest first.</summary>
    public IReadOnlyList<IndexEntry> TaggedDependentsOf(Digest artifact)
    {
        List<IndexEntry> tagged = [];
        HashSet<Digest> seen = [artifact];
        Queue<Digest> waiting = new([artifact]);
        while (waiting.TryDequeue(out Digest at))
        {
            foreach (IndexEntry made in DependentsOf(at).Where(made => seen.Add(made.Reference.Digest)))
            {
                waiting.Enqueue(made.Reference.Digest);
                if (TagsOf(made.Reference).Any())
                    tagged.Add(made);
            }
        }

        return tagged;
    }

    private static string VersionOf(IReadOnlyList<IndexEntry> entries, IReadOnlyList<Tag> tags, IReadOnlyList<BrokenArtifact> broken)
    {
        using IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        byte[] buffer = new byte[512];
        void Add(string text) => hash.AppendData(buffer, 0, Encoding.UTF8.GetBytes(text, buffer));
        foreach (IndexEntry entry in entries)
        {
            Add(entry.Reference.Digest.Hex);
            hash.AppendData(BitConverter.GetBytes(entry.Made.UtcTicks));
        }

        foreach (Tag tag in tags)
            Add($"{tag.Kind}/{tag.Name}:{tag.Value} {tag.Target}\n");
        foreach (BrokenArtifact one in broken)
            Add($"{one.Artifact.Digest}!");

        return Convert.ToHexStringLower(hash.GetHashAndReset())[..16];
    }
}

/// <summary>An artifact that is listed and cannot be read.</summary>
/// <param name="Artifact">Which.</param>
/// <param name="Why">What is wrong with it.</param>
public sealed record BrokenArtifact(ArtifactRef Artifact, string Why);
