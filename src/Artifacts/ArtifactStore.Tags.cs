using System.Runtime.CompilerServices;
using System.Text;
using Unreel.Artifacts.Blobs;

namespace Unreel.Artifacts;

/// <summary>Tags and small records: the only blobs that change.</summary>
public sealed partial class ArtifactStore
{
    /// <inheritdoc/>
    public async Task<Tag?> ReadTagAsync(ArtifactKind kind, string name, string tag, CancellationToken ct)
    {
        string path = StorePaths.Tag(kind, name, tag);
        StoredBytes? stored = await _blobs.ReadAsync(path, MaxRecordBytes, ct);
        if (stored is null)
            return null;

        // Whatever else lies there is damage, which has a version too: so it can be removed.
        string text = Encoding.ASCII.GetString(stored.Bytes).TrimEnd('\n');
        return Digest.TryParse(text, out Digest target)
            ? new Tag(kind, name, tag, target, stored.Version)
            : throw new TagDamagedException(path, Location, stored.Version);
    }

    /// <inheritdoc/>
    /// <exception cref="ArtifactNotFoundException">There is no such artifact to point to.</exception>
    public async Task<bool> TryMoveTagAsync(ArtifactKind kind, string name, string tag, Digest target, Tag? expected, CancellationToken ct)
    {
        string path = StorePaths.Tag(kind, name, tag);
        ArtifactRef artifact = new(kind, name, target);
        if (await _blobs.FindToKeepAsync(StorePaths.Manifest(artifact), ct) is null)
            throw new ArtifactNotFoundException(artifact.ToString(), Location);

        if (!await _blobs.TrySwapAsync(path, Encoding.ASCII.GetBytes(target.ToString()), expected?.Version, ct))
            return false;

        // Removed from the listing while the tag was being set: the tag wins.
        string marker = StorePaths.Manifest(artifact);
        if (await _blobs.FindAsync(marker, ct) is null && await _blobs.FindToKeepAsync(StorePaths.Blob(target), ct) is not null)
            await MarkAsync(marker, ct);

        return true;
    }

    /// <inheritdoc/>
    public Task<bool> TryRemoveTagAsync(Tag tag, CancellationToken ct) =>
        _blobs.TryDeleteAsync(StorePaths.Tag(tag.Kind, tag.Name, tag.Value), tag.Version, ct);

    /// <inheritdoc/>
    public async Task RemoveAsync(ArtifactRef artifact, CancellationToken ct)
    {
        string marker = StorePaths.Manifest(artifact);
        BlobEntry listed = await _blobs.FindAsync(marker, ct) ?? throw new ArtifactNotFoundException(artifact.ToString(), Location);
        await RequireUntaggedAsync(artifact, ct);
        if (!await _blobs.TryCollectAsync(listed, ct) && await _blobs.FindAsync(marker, ct) is not null)
            throw new StoreConflictException($"{artifact} in {Location} was used by another writer at the same time; look at it and try again.");

        try
        {
            await RequireUntaggedAsync(artifact, ct);
        }
        catch (StoreConflictException)
        {
            // Tagged at the same moment: the tag wins.
            await MarkAsync(marker, ct);
            throw;
        }
    }

    private async Task RequireUntaggedAsync(ArtifactRef artifact, CancellationToken ct)
    {
        await foreach (Tag? tag in ReadEachAsync(StorePaths.TagsOf(artifact), TagOfAsync, ct))
        {
            if (tag?.Target == artifact.Digest)
                throw new StoreConflictException($"The tag {ArtifactReference.KindText(artifact.Kind)}/{artifact.Name}:{tag.Value} in {Location} points to {artifact}; expected it untagged. Remove or move the tag first.");
        }
    }

    /// <inheritdoc/>
    public async IAsyncEnumerable<Tag> ListTagsAsync(ArtifactKind? kind, [EnumeratorCancellation] CancellationToken ct)
    {
        foreach (ArtifactKind each in Kinds(kind))
        {
            await foreach (Tag? tag in ReadEachAsync(StorePaths.Tags(each), TagOfAsync, ct))
            {
                if (tag is not null)
                    yield return tag;
            }
        }
    }

    /// <inheritdoc/>
    public async Task<byte[]?> ReadRecordAsync(string path, CancellationToken ct) =>
        (await _blobs.ReadAsync(StorePaths.Record(path), MaxRecordBytes, ct))?.Bytes;

    /// <inheritdoc/>
    public Task WriteRecordAsync(string path, ReadOnlyMemory<byte> bytes, CancellationToken ct)
    {
        string full = StorePaths.Record(path);
        return bytes.Length <= MaxRecordBytes
            ? _blobs.WriteAsync(full, bytes, ct)
            : throw new StoreException($"The record {path} has {bytes.Length} bytes; at most {MaxRecordBytes} are allowed.");
    }

    private async Task<Tag?> TagOfAsync(BlobEntry listed, CancellationToken ct)
    {
        if (StorePaths.TryTag(listed.Path, out ArtifactReference? tag))
            return await ReadTagOrLogAsync(tag, ct);

        LogForeign(listed.Path, Location, "tags/KIND/NAME/TAG");
        return null;
    }
}
