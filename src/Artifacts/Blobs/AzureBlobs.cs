using System.Runtime.CompilerServices;
using Azure;
using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Models;
using Azure.Storage.Blobs.Specialized;
using Microsoft.Extensions.Logging;

namespace Unreel.Artifacts.Blobs;

/// <summary>
/// Blobs of a container. Puts carry If-None-Match, moves If-Match; what the service says to them (409, 412) is an answer, not a fault.
/// The container is made at the first write that finds none.
/// </summary>
internal sealed partial class AzureBlobs : IBlobs
{
    private readonly BlobContainerClient _container;
    private readonly ArtifactStoreOptions _options;
    private readonly StorePipeline _pipeline;

    public AzureBlobs(BlobContainerClient container, ArtifactStoreOptions options, ILogger logger)
    {
        (_container, _options) = (container, options);
        Location = container.Uri.GetLeftPart(UriPartial.Path);
        _pipeline = new StorePipeline(Location, options, logger);
    }

    public string Location { get; }

    public bool IsLocal => false;

    public ArtifactStoreOptions Options => _options;

    public async Task<Stream?> OpenAsync(string path, long offset, long? count, CancellationToken ct)
    {
        BlobProperties? found = await PropertiesAsync(path, ct);
        if (found is null)
            return null;

        long end = count is { } bytes ? Math.Min(found.ContentLength, offset + bytes) : found.ContentLength;
        return new AzureReadStream(Client(path), found.ETag, found.ContentLength, offset, end, _options.BlockBytes, _pipeline);
    }

    public Task<StoredBytes?> ReadAsync(string path, int limit, CancellationToken ct) => _pipeline.RunAsync(path, async (_, token) =>
    {
        try
        {
            using BlobDownloadStreamingResult answer = (await Client(path).DownloadStreamingAsync(new BlobDownloadOptions(), token)).Value;
            if (answer.Details.ContentLength > limit)
                throw new StoreException($"{path} in {Location} has {answer.Details.ContentLength} bytes, more than the {limit} allowed.");

            byte[] bytes = new byte[answer.Details.ContentLength];
            await answer.Content.ReadExactlyAsync(bytes, token);
            return new StoredBytes(bytes, Stamp(answer.Details.ETag));
        }
        catch (RequestFailedException e) when (e.Status == 404)
        {
            return null;
        }
    }, ct);

    public Task WriteAsync(string path, ReadOnlyMemory<byte> bytes, CancellationToken ct) =>
        WriteSmallAsync(path, bytes, new BlobRequestConditions(), ct);

    public Task<bool> TrySwapAsync(string path, ReadOnlyMemory<byte> bytes, string? expected, CancellationToken ct) =>
        WriteSmallAsync(path, bytes, expected is null ? IfAbsent() : new() { IfMatch = new ETag(expected) }, ct);

    public Task DeleteAsync(string path, CancellationToken ct) =>
        _pipeline.RunAsync(path, async (_, token) => await Client(path).DeleteIfExistsAsync(cancellationToken: token), ct);

    public Task<bool> TryDeleteAsync(string path, string expected, CancellationToken ct) => _pipeline.RunAsync(path, async (attempt, token) =>
    {
        try
        {
            await Client(path).DeleteAsync(conditions: new BlobRequestConditions { IfMatch = new ETag(expected) }, cancellationToken: token);
            return true;
        }
        catch (RequestFailedException e) when (e.Status is 404 or 412)
        {
            // What a repeated attempt does not find, the first one may have removed before its answer was lost.
            return e.Status == 404 && attempt > 0;
        }
    }, ct);

    public async IAsyncEnumerable<IReadOnlyList<BlobEntry>> ListAsync(string prefix, [EnumeratorCancellation] CancellationToken ct)
    {
        string? next = null;
        do
        {
            Page<BlobItem>? page = await PageAsync(prefix, next, ct);
            next = page?.ContinuationToken;
            if (page?.Values.Count > 0)
                yield return [.. page.Values.Select(EntryOf)];
        }
        while (!string.IsNullOrEmpty(next));
    }

    private Task<Page<BlobItem>?> PageAsync(string prefix, string? next, CancellationToken ct) => _pipeline.RunAsync(prefix, async (_, token) =>
    {
        try
        {
            await foreach (Page<BlobItem> page in _container.GetBlobsAsync(prefix: prefix, cancellationToken: token).AsPages(next, _options.PageSize))
                return page;

            return null;
        }
        catch (RequestFailedException e) when (e.ErrorCode == BlobErrorCode.ContainerNotFound)
        {
            return null;
        }
    }, ct);

    /// <summary>
    /// Writes in one request. A lost answer makes the next attempt fail its own condition, so each write carries a mark of its own
    /// by which a repeated one knows itself.
    /// </summary>
    private Task<bool> WriteSmallAsync(string path, ReadOnlyMemory<byte> bytes, BlobRequestConditions conditions, CancellationToken ct)
    {
        string mark = Guid.NewGuid().ToString("n");
        BlobUploadOptions options = new()
        {
            Conditions = conditions,
            Metadata = new Dictionary<string, string> { ["writer"] = mark },
            // More than the bytes: at the limit itself the client sends blocks, whose ids writers of other bytes would share.
            TransferOptions = new() { InitialTransferSize = bytes.Length + 1L, MaximumTransferSize = bytes.Length + 1L },
        };
        return _pipeline.RunAsync(path, async (attempt, token) =>
        {
            try
            {
                using MemoryStream content = new(bytes.ToArray(), writable: false);
                await InContainerAsync(() => Client(path).UploadAsync(Rewound(content), options, token), token);
                return true;
            }
            catch (RequestFailedException e) when (IsConditionUnmet(e))
            {
                return attempt > 0 && await IsWrittenByAsync(path, mark, token);
            }
        }, ct);
    }

    private async Task<bool> IsWrittenByAsync(string path, string mark, CancellationToken ct)
    {
        BlobProperties found = await Client(path).GetPropertiesAsync(cancellationToken: ct);
        return found.Metadata.TryGetValue("writer", out string? writer) && writer == mark;
    }

    private async Task InContainerAsync(Func<Task> write, CancellationToken ct)
    {
        try
        {
            await write();
        }
        catch (RequestFailedException e) when (e.ErrorCode == BlobErrorCode.ContainerNotFound)
        {
            await _container.CreateIfNotExistsAsync(cancellationToken: ct);
            await write();
        }
    }

    private BlockBlobClient Client(string path) => _container.GetBlockBlobClient(path);

    private static MemoryStream Rewound(MemoryStream stream)
    {
        stream.Position = 0;
        return stream;
    }

    private static BlobRequestConditions IfAbsent() => new() { IfNoneMatch = ETag.All };

    // By name, not by status: 409 also says that a container is being deleted or that a policy forbids the write.
    // A blob that is not there fails If-Match with 404 on some services.
    private static bool IsConditionUnmet(RequestFailedException e) =>
        e.ErrorCode is "BlobAlreadyExists" or "ConditionNotMet" or "BlobNotFound";
}
