using Azure;
using Azure.Storage.Blobs.Models;
using Azure.Storage.Blobs.Specialized;

namespace Unreel.Artifacts.Blobs;

/// <summary>
/// Reads a blob range by range, each range whole within one attempt, so that a connection lost in the middle costs that range
/// and nothing else. The version is fixed at opening: a blob replaced meanwhile is an error, never a mixture.
/// </summary>
internal sealed class AzureReadStream(BlockBlobClient blob, ETag version, long offset, long end, int rangeBytes, StorePipeline pipeline) : ReadOnlyStream
{
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

        await pipeline.RunAsync(blob.Name, async (_, token) =>
        {
            BlobDownloadOptions options = new() { Range = new HttpRange(_next, count), Conditions = new() { IfMatch = version } };
            using BlobDownloadStreamingResult answer = (await blob.DownloadStreamingAsync(options, token)).Value;
            await answer.Content.ReadExactlyAsync(_range.AsMemory(0, count), token);
            return true;
        }, ct);
        (_at, _filled, _next) = (0, count, _next + count);
        return true;
    }
}
