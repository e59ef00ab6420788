using Unreel.Artifacts.Blobs;

namespace Unreel.Artifacts;

/// <summary>A marker as a listing names it.</summary>
/// <param name="Artifact">The artifact it stands for.</param>
/// <param name="Made">When it was written or touched last (UTC).</param>
internal readonly record struct ListedArtifact(ArtifactRef Artifact, DateTimeOffset Made);

/// <summary>A tag as a listing names it: where it points has still to be read.</summary>
/// <param name="Reference">Kind, name and tag.</param>
/// <param name="Listed">Its stamp, which differs after every move.</param>
internal readonly record struct ListedTag(ArtifactReference Reference, BlobEntry Listed);

/// <summary>What an index is made from.</summary>
internal interface IIndexSource
{
    /// <summary>Lists markers, page after page, in the ordinal order of <c>kind/name/digest</c>.</summary>
    IAsyncEnumerable<IReadOnlyList<ListedArtifact>> MarkersAsync(CancellationToken ct);

    /// <summary>Lists tags without reading them, page after page, in the ordinal order of <c>kind/name/tag</c>.</summary>
    IAsyncEnumerable<IReadOnlyList<ListedTag>> TagStampsAsync(CancellationToken ct);

    /// <summary>Reads a tag; null where it is gone or holds no digest.</summary>
    Task<Tag?> ReadTagAsync(ArtifactReference tag, CancellationToken ct);

    /// <summary>Reads an artifact; null where its marker is gone too.</summary>
    /// <exception cref="StoreException">Its marker is there and it cannot be read.</exception>
    Task<Artifact?> ReadAsync(ArtifactRef artifact, CancellationToken ct);

    /// <summary>Whether a stamp is to be believed: one of a tag written just now may be that of another write in the same tick.</summary>
    bool IsSettled(BlobEntry listed);

    /// <summary>Reads the stored index; null where there is none.</summary>
    Task<byte[]?> ReadIndexAsync(CancellationToken ct);

    /// <summary>Writes the stored index.</summary>
    Task WriteIndexAsync(byte[] bytes, CancellationToken ct);
}
