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
        StoredBytes? stored = await _blobs.ReadAsync(path, MaxTagBytes, ct);
        if (stored is null)
            return null;

        string text = Encoding.ASCII.GetString(stored.Bytes).TrimEnd('\n');
        return Digest.TryParse(text, out Digest target)
            ? new Tag(kind, name, tag, target, stored.Version)
            : throw new StoreException($"{path} in {Location} is damaged: it holds no digest.");
    }

    /// <inheritdoc/>
    /// <exception cref="ArtifactNotFoundException">There is no such artifact to point to.</exception>
    public async Task<bool> TryMoveTagAsync(ArtifactKind kind, string name, string tag, Digest target, Tag? expected, CancellationToken ct)
    {
        string path = StorePaths.Tag(kind, name, tag);
        ArtifactRef artifact = new(kind, name, target);
        if (await _blobs.SizeAsync(StorePaths.Manifest(artifact), ct) is null)
            throw new ArtifactNotFoundException(artifact.ToString(), Location);

        return await _blobs.TrySwapAsync(path, Encoding.ASCII.GetBytes(target.ToString()), expected?.Version, ct);
    }

    /// <inheritdoc/>
    public Task<bool> TryRemoveTagAsync(Tag tag, CancellationToken ct) =>
        _blobs.TryDeleteAsync(StorePaths.Tag(tag.Kind, tag.Name, tag.Value), tag.Version, ct);

    /// <inheritdoc/>
    public async Task RemoveAsync(ArtifactRef artifact, CancellationToken ct)
    {
        string marker = StorePaths.Manifest(artifact);
        if (await _blobs.SizeAsync(marker, ct) is null)
            throw new ArtifactNotFoundException(artifact.ToString(), Location);

        await foreach (Tag tag in ListTagsAsync(artifact.Kind, ct))
        {
            if (tag.Name == artifact.Name && tag.Target == artifact.Digest)
                throw new StoreConflictException($"The tag {artifact.Name}:{tag.Value} in {Location} points to {artifact}; expected it untagged. Remove or move the tag first.");
        }

        await _blobs.DeleteAsync(marker, ct);
    }

    /// <inheritdoc/>
    public async IAsyncEnumerable<Tag> ListTagsAsync(ArtifactKind? kind, [EnumeratorCancellation] CancellationToken ct)
    {
        foreach (ArtifactKind each in Kinds(kind))
        {
            await foreach (Tag? tag in ReadEachAsync(StorePaths.Tags(each), path => TagOfAsync(each, path, ct), ct))
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

    private Task<Tag?> TagOfAsync(ArtifactKind kind, string path, CancellationToken ct) =>
        path.Split('/') is [_, _, var name, var tag]
            ? ReadTagAsync(kind, name, tag, ct)
            : throw new StoreException($"{path} in {Location} does not belong there; expected tags/KIND/NAME/TAG.");
}
