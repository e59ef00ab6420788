using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Unreel.Artifacts.Blobs;

namespace Unreel.Artifacts;

/// <summary>
/// The OCI layout over a folder or a container; open one with <see cref="ArtifactStores"/>. Safe for many callers at once,
/// in this process and in others. README.md beside this file describes the layout.
/// </summary>
public sealed partial class ArtifactStore : IArtifactStore
{
    /// <summary>Largest manifest and largest lineage, in bytes (OCI registries accept 4 MiB).</summary>
    public const int MaxManifestBytes = 4 << 20;

    /// <summary>Largest record, in bytes.</summary>
    public const int MaxRecordBytes = 1 << 20;

    private const int Attempts = 10;
    internal const int AtOnce = 16;

    private readonly IBlobs _blobs;
    private readonly ILogger _logger;

    // Blobs this process has seen to be wrong: the next one who brings the right bytes replaces them.
    private readonly ConcurrentDictionary<Digest, bool> _damaged = new();

    internal ArtifactStore(IBlobs blobs, ILogger? logger = null) =>
        (_blobs, _logger) = (blobs, logger ?? NullLogger.Instance);

    /// <inheritdoc/>
    public string Location => _blobs.Location;

    /// <summary>Whether there is a store at all: a folder in which one was written, or a container.</summary>
    /// <exception cref="StoreUnreachableException">Nobody can say.</exception>
    public Task<bool> ExistsAsync(CancellationToken ct) => _blobs.ExistsAsync(ct);

    /// <inheritdoc/>
    public async Task<Descriptor> AddFileAsync(string file, string mediaType, string title, CancellationToken ct)
    {
        StorePaths.Title(title);
        BlobSource source = await BlobSource.OfFileAsync(file, ct);
        return await AddAsync(source, mediaType, title, ct);
    }

    /// <inheritdoc/>
    public Task<Descriptor> AddBytesAsync(ReadOnlyMemory<byte> bytes, string mediaType, string? title, CancellationToken ct) =>
        AddAsync(BlobSource.Of(bytes), mediaType, title is null ? null : StorePaths.Title(title), ct);

    /// <inheritdoc/>
    public async Task<Stream> OpenAsync(Descriptor blob, CancellationToken ct)
    {
        Stream content = await _blobs.OpenAsync(StorePaths.Blob(blob.Digest), 0, null, ct)
            ?? throw new BlobMissingException(blob.Digest, Location);
        return new DigestStream(content, blob, Location, MarkDamaged);
    }

    /// <inheritdoc/>
    public async Task<Stream> OpenPartAsync(Descriptor blob, long offset, long count, CancellationToken ct) =>
        await _blobs.OpenAsync(StorePaths.Blob(blob.Digest), offset, count, ct) ?? throw new BlobMissingException(blob.Digest, Location);

    /// <inheritdoc/>
    public string? LocalFile(Digest blob) =>
        _blobs.IsLocal ? Path.GetFullPath(StorePaths.Blob(blob), Location) : null;

    private async Task<Descriptor> AddAsync(BlobSource source, string mediaType, string? title, CancellationToken ct)
    {
        await StoreAsync(source, ct);
        return new Descriptor
        {
            MediaType = mediaType,
            Digest = source.Digest,
            Size = source.Length,
            Annotations = title is null ? null : new(StringComparer.Ordinal) { [Descriptor.TitleAnnotation] = title },
        };
    }

    private async Task StoreAsync(BlobSource source, CancellationToken ct)
    {
        string path = StorePaths.Blob(source.Digest);
        BlobEntry? there = await _blobs.FindAsync(path, ct);
        for (int attempt = 0; there is { } found && !await IsGoodAsync(source, found, ct); attempt++)
        {
            if (attempt == Attempts)
                throw new StoreConflictException($"The blob {source.Digest} in {Location} is damaged, and others used it again each time it was to be replaced. Try again, or move it away: unreel artifacts verify --quarantine.");

            // Only what was looked at goes: another writer may have brought the right bytes meanwhile.
            LogReplacing(source.Digest, Location);
            await _blobs.TryCollectAsync(found, ct);
            there = await _blobs.FindAsync(path, ct);
        }

        if (there is null || !await _blobs.KeepAsync(there.Value, ct))
            await _blobs.PutAsync(path, source, ct);

        _damaged.TryRemove(source.Digest, out _);
    }

    private async Task<bool> IsGoodAsync(BlobSource source, BlobEntry there, CancellationToken ct) =>
        there.Size == source.Length
        && ((!_blobs.IsLocal && !_damaged.ContainsKey(source.Digest)) || await DigestOfAsync(there.Path, ct) == source.Digest);

    private async Task<Digest?> DigestOfAsync(string path, CancellationToken ct)
    {
        await using Stream? content = await _blobs.OpenAsync(path, 0, null, ct);
        return content is null
            ? null
            : Digest.FromHash(await System.Security.Cryptography.SHA256.HashDataAsync(content, ct));
    }

    /// <summary>Reads a small blob and checks it before anyone sees it; null where there is none.</summary>
    private async Task<byte[]?> ReadCheckedAsync(Digest digest, int limit, CancellationToken ct)
    {
        StoredBytes? stored = await _blobs.ReadAsync(StorePaths.Blob(digest), limit, ct);
        if (stored is null)
            return null;

        Digest found = Digest.Of(stored.Bytes);
        if (found == digest)
            return stored.Bytes;

        MarkDamaged(digest);
        throw new DigestMismatchException(digest, found, Location);
    }

    private void MarkDamaged(Digest digest) => _damaged[digest] = true;

    [LoggerMessage(LogLevel.Warning, "The blob {Digest} in {Store} is damaged and is replaced")]
    private partial void LogReplacing(Digest digest, string store);
}
