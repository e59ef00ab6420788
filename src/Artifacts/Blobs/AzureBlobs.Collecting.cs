using Azure;
using Azure.Storage.Blobs.Models;

namespace Unreel.Artifacts.Blobs;

/// <summary>Stamps are ETags: a touch gives a blob another one, and what is removed carries If-Match.</summary>
internal sealed partial class AzureBlobs
{
    public async Task<BlobEntry?> FindAsync(string path, CancellationToken ct) =>
        await PropertiesAsync(path, ct) is { } found ? new BlobEntry(path, found.ContentLength, found.LastModified, Stamp(found.ETag)) : null;

    public Task<bool> TouchAsync(string path, CancellationToken ct) => _pipeline.RunAsync(path, async (_, token) =>
    {
        try
        {
            await Client(path).SetMetadataAsync(new Dictionary<string, string> { ["touched"] = "yes" }, cancellationToken: token);
            return true;
        }
        catch (RequestFailedException e) when (e.Status == 404)
        {
            return false;
        }
    }, ct);

    public Task<bool> TryCollectAsync(BlobEntry listed, CancellationToken ct) => TryDeleteAsync(listed.Path, listed.Stamp, ct);

    public Task<bool> ExistsAsync(CancellationToken ct) =>
        _pipeline.RunAsync("the container", async (_, token) =>
        {
            try
            {
                // Not by its properties: a SAS for the container may not read those.
                await foreach (Page<BlobItem> any in _container.GetBlobsAsync(cancellationToken: token).AsPages(pageSizeHint: 1))
                    break;

                return true;
            }
            catch (RequestFailedException e) when (e.ErrorCode == BlobErrorCode.ContainerNotFound)
            {
                return false;
            }
        }, ct);

    // Removing twice is removing once, so that several may collect at the same time.
    public Task<IDisposable?> BeginCollectionAsync(CancellationToken ct) => Task.FromResult<IDisposable?>(null);

    public async Task<bool> TryMoveAsync(BlobEntry listed, string to, CancellationToken ct)
    {
        bool copied = await _pipeline.RunAsync(listed.Path, async (_, token) =>
        {
            try
            {
                BlobCopyFromUriOptions options = new() { SourceConditions = new() { IfMatch = new ETag(listed.Stamp) } };
                CopyFromUriOperation copy = await Client(to).StartCopyFromUriAsync(Client(listed.Path).Uri, options, token);
                await copy.WaitForCompletionAsync(token);
                return true;
            }
            catch (RequestFailedException e) when (e.Status is 404 or 412)
            {
                return false;
            }
        }, ct);
        return copied && await TryDeleteAsync(listed.Path, listed.Stamp, ct);
    }

    private Task<BlobProperties?> PropertiesAsync(string path, CancellationToken ct) => _pipeline.RunAsync(path, async (_, token) =>
    {
        try
        {
            return (await Client(path).GetPropertiesAsync(cancellationToken: token)).Value;
        }
        catch (RequestFailedException e) when (e.Status == 404)
        {
            return null;
        }
    }, ct);

    private static BlobEntry EntryOf(BlobItem blob) => new(
        blob.Name,
        blob.Properties.ContentLength ?? 0,
        blob.Properties.LastModified ?? DateTimeOffset.MaxValue,
        blob.Properties.ETag is { } tag ? Stamp(tag) : string.Empty);

    // Listings leave the quotes out that headers have.
    private static string Stamp(ETag tag) => tag.ToString("H");
}
