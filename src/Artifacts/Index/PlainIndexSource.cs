using System.Runtime.CompilerServices;
using Unreel.Artifacts.Blobs;

namespace Unreel.Artifacts;

/// <summary>An index over a store of which nothing but its interface is known: nothing is stored, and tags are read each time.</summary>
internal sealed class PlainIndexSource(IArtifactStore store) : IIndexSource
{
    public async IAsyncEnumerable<IReadOnlyList<ListedArtifact>> MarkersAsync([EnumeratorCancellation] CancellationToken ct)
    {
        await foreach (ArtifactRef artifact in store.ListReferencesAsync(null, ct))
            yield return [new ListedArtifact(artifact, DateTimeOffset.MinValue)];
    }

    public async IAsyncEnumerable<IReadOnlyList<ListedTag>> TagStampsAsync([EnumeratorCancellation] CancellationToken ct)
    {
        await foreach (Tag tag in store.ListTagsAsync(null, ct))
            yield return [new ListedTag(ArtifactReference.ToTag(tag.Kind, tag.Name, tag.Value), new BlobEntry(string.Empty, 0, default, tag.Version))];
    }

    public Task<Tag?> ReadTagAsync(ArtifactReference tag, CancellationToken ct) => store.ReadTagAsync(tag.Kind, tag.Name, tag.Tag!, ct);

    public async Task<Artifact?> ReadAsync(ArtifactRef artifact, CancellationToken ct)
    {
        try
        {
            return await store.ReadAsync(artifact, ct);
        }
        catch (StoreException e) when (e is ArtifactNotFoundException or BlobMissingException)
        {
            if (await store.FindAsync(ArtifactReference.To(artifact), ct) is null)
                return null;

            throw;
        }
    }

    public bool IsSettled(BlobEntry listed) => true;

    public Task<byte[]?> ReadIndexAsync(CancellationToken ct) => Task.FromResult<byte[]?>(null);

    public Task WriteIndexAsync(byte[] bytes, CancellationToken ct) => Task.CompletedTask;
}
