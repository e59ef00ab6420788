using System.Runtime.CompilerServices;
using Microsoft.Extensions.Logging;
using Unreel.Artifacts.Blobs;

namespace Unreel.Artifacts;

/// <summary>What the index reads of a store.</summary>
public sealed partial class ArtifactStore : IIndexSource
{
    private const int MaxIndexBytes = 1 << 28;

    // Times of files are coarse (some file systems tell whole seconds), and another machine's clock may be a little ahead.
    private static readonly TimeSpan Settled = TimeSpan.FromSeconds(3);

    // A list that is the same object as before says the same as before.
    private readonly ConditionalWeakTable<IReadOnlyList<BlobEntry>, List<ListedArtifact>> _understood = [];

    private List<ListedArtifact> Understand(IReadOnlyList<BlobEntry> page)
    {
        List<ListedArtifact> listed = new(page.Count);
        foreach (BlobEntry marker in page)
        {
            if (TryRef(marker.Path, out ArtifactRef artifact))
                listed.Add(new ListedArtifact(artifact, marker.Modified));
        }

        return listed;
    }

    async IAsyncEnumerable<IReadOnlyList<ListedArtifact>> IIndexSource.MarkersAsync([EnumeratorCancellation] CancellationToken ct)
    {
        foreach (ArtifactKind kind in Kinds(null))
        {
            await foreach (IReadOnlyList<BlobEntry> page in _blobs.ListKnownAsync(StorePaths.Manifests(kind), ct))
                yield return _understood.GetValue(page, Understand);
        }
    }

    async IAsyncEnumerable<IReadOnlyList<ListedTag>> IIndexSource.TagStampsAsync([EnumeratorCancellation] CancellationToken ct)
    {
        foreach (ArtifactKind kind in Kinds(null))
        {
            await foreach (IReadOnlyList<BlobEntry> page in _blobs.ListKnownAsync(StorePaths.Tags(kind), ct))
            {
                List<ListedTag> listed = new(page.Count);
                foreach (BlobEntry tag in page)
                {
                    if (StorePaths.TryTag(tag.Path, out ArtifactReference? reference))
                        listed.Add(new ListedTag(reference, tag));
                    else
                        LogForeign(tag.Path, Location, "tags/KIND/NAME/TAG");
                }

                yield return listed;
            }
        }
    }

    async Task<Tag?> IIndexSource.ReadTagAsync(ArtifactReference tag, CancellationToken ct) =>
        await ReadTagOrLogAsync(tag, ct);

    async Task<Artifact?> IIndexSource.ReadAsync(ArtifactRef artifact, CancellationToken ct) =>
        await ReadListedAsync(new BlobEntry(StorePaths.Manifest(artifact), 0, default, string.Empty), ct);

    bool IIndexSource.IsSettled(BlobEntry listed) => !_blobs.IsLocal || _blobs.Options.Time.GetUtcNow() - listed.Modified > Settled;

    async Task<byte[]?> IIndexSource.ReadIndexAsync(CancellationToken ct) =>
        (await _blobs.ReadAsync(StorePaths.Index, MaxIndexBytes, ct))?.Bytes;

    Task IIndexSource.WriteIndexAsync(byte[] bytes, CancellationToken ct) => _blobs.WriteAsync(StorePaths.Index, bytes, ct);

    // A tag that holds no digest must not keep all others from being listed; verifying names it.
    private async Task<Tag?> ReadTagOrLogAsync(ArtifactReference tag, CancellationToken ct)
    {
        try
        {
            return await ReadTagAsync(tag.Kind, tag.Name, tag.Tag!, ct);
        }
        catch (StoreException e) when (e is not StoreUnreachableException)
        {
            LogLeftAside(e.Message);
            return null;
        }
    }

    [LoggerMessage(LogLevel.Warning, "{Message}")]
    private partial void LogLeftAside(string message);
}
