using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Unreel.Artifacts;

namespace Unreel.Serve.Scoring;

/// <summary>A video to score.</summary>
/// <param name="Name">What its row calls it.</param>
/// <param name="Path">Where it lies on this machine; null for a blob.</param>
/// <param name="Blob">Which blob of the store it is; null for a file.</param>
internal sealed record VideoEntry(string Name, string? Path, Descriptor? Blob = null)
{
    /// <summary>The true label, where there is one.</summary>
    public string? Truth { get; init; }

    /// <summary>Its size in bytes; null where there is no such file.</summary>
    public long? Bytes { get; init; }
}

/// <summary>The videos to score, in the order of their rows.</summary>
/// <param name="Entries">The videos.</param>
/// <param name="Notices">What there is to say of the search: what was passed over.</param>
internal sealed record VideoListing(IReadOnlyList<VideoEntry> Entries, IReadOnlyList<string> Notices)
{
    /// <summary>The clips artifact they are of; null for a folder or a list.</summary>
    public ArtifactRef? Artifact { get; init; }

    /// <summary>The digest of names and true labels in their order: rows of the same digest are of the same work.</summary>
    public Digest NamesDigest() => DigestOf(entry => NameAndTruth(entry.Name, entry.Truth));

    /// <summary>The digest of names and sizes in their order, which tells data of the user's from others without reading them.</summary>
    public Digest SizesDigest() => DigestOf(entry => string.Create(CultureInfo.InvariantCulture, $"{entry.Name}\0{entry.Bytes}\0"));

    /// <summary>What <see cref="NamesDigest"/> takes of a video.</summary>
    public static string NameAndTruth(string name, string? truth) => $"{name}\0{truth}\0";

    private Digest DigestOf(Func<VideoEntry, string> text)
    {
        using IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (VideoEntry entry in Entries)
            hash.AppendData(Encoding.UTF8.GetBytes(text(entry)));
        return Digest.FromHash(hash.GetHashAndReset());
    }
}
