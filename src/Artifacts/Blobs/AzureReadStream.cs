using Azure;
using Azure.Storage.Blobs.Models;
using Azure.Storage.Blobs.Specialized;

namespace Unreel.Artifacts.Blobs;

/// <summary>
/// Reads a blob range by range, each range whole within one attempt, so that a connection lost in the middle costs that range
/// and nothing else. The version is fixed at opening: a blob replaced meanwhile by one of another size is an error; one of the same size was
/// touched, or mended, and whoever reads holds the bytes against the digest.
/// </summary>
internal sealed class AzureReadStream(BlockBlobClient blob, ETag version, long size, long offset, long end, int rangeBytes, StorePipeline pipeline) : ReadOnlyStream
{
    // Several writers may use a blob again while one range is read; each of them touches it at most once within the time to touch.
    private const int MostTouches = 10;

    private ETag _version = version;
    private byte[] _range = [];
    private int _at;
    private int _filled;
    private long _next = offset;

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (buffer.Length == 0)
            return 0;

        if (_at == _filled && !await FillAsync(cancellationToken))
            return 0;

        int count = Math.Min(buffer.Length, _filled - _at);
        _range.AsSpan(_at, count).CopyTo(buffer.Span);
        _at += count;
        return count;
    }

    private async ValueTask<bool> FillAsync(CancellationToken ct)
    {
        int count = (int)Math.Min(rangeBytes, end - _next);
        if (count <= 0)
            return false;

        if (_range.Length < count)
            _range = new byte[count];

        await pipeline.RunAsync(blob.Name, (_, token) => ReadThoughTouchedAsync(count, token), ct);
        (_at, _filled, _next) = (0, count, _next + count);
        return true;
    }

    private async Task<bool> ReadThoughTouchedAsync(int count, CancellationToken ct)
    {
        for (int touched = 0; ; touched++)
        {
            try
            {
                await ReadRangeAsync(count, ct);
                return true;
            }
            catch (RequestFailedException e) when (e.Status == 412 && touched < MostTouches)
            {
                _version = await NextVersionAsync(ct);
            }
        }
    }

    private async Task ReadRangeAsync(int count, CancellationToken ct)
    {
        BlobDownloadOptions options = new() { Range = new HttpRange(_next, count), Conditions = new() { IfMatch = _version } };
        using BlobDownloadStreamingResult answer = (await blob.DownloadStreamingAsync(options, ct)).Value;
        await answer.Content.ReadExactlyAsync(_range.AsMemory(0, count), ct);
    }

    private async Task<ETag> NextVersionAsync(CancellationToken ct)
    {
        BlobProperties now = await blob.GetPropertiesAsync(cancellationToken: ct);
        return now.ContentLength == size
            ? now.ETag
            : throw new StoreException($"{blob.Name} was replaced while it was read: it has {now.ContentLength} bytes instead of {size}.");
    }
}
