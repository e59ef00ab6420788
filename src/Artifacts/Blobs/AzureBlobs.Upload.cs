using System.Buffers;
using System.Buffers.Binary;
using System.Security.Cryptography;
using Azure;
using Azure.Storage.Blobs.Models;

namespace Unreel.Artifacts.Blobs;

/// <summary>
/// Large files go as blocks that stay invisible until they are committed together. A block's id is its offset and the hash of its bytes,
/// so an upload that was killed is taken up: blocks the service still has (it keeps them for a week) are not sent again.
/// </summary>
internal sealed partial class AzureBlobs
{
    private const int MaxBlocks = 50_000;

    public async Task<bool> PutAsync(string path, BlobSource source, CancellationToken ct)
    {
        if (source.Length <= _options.BlockBytes)
            return await WriteSmallAsync(path, await ReadWholeAsync(source, ct), IfAbsent(), ct);

        // A second round where another writer of the same blob committed, which throws our blocks away.
        for (int round = 0; round < 3; round++)
        {
            List<string> blocks = await StageAsync(path, source, ct);
            switch (await CommitAsync(path, blocks, ct))
            {
                case Commit.Made:
                    return true;
                case Commit.AlreadyThere:
                    return false;
            }

            if (await FindAsync(path, ct) is not null)
                return false;
        }

        throw new StoreException($"{path} in {Location} could not be put together: the service lost its blocks three times.");
    }

    private enum Commit
    {
        Made,
        AlreadyThere,
        BlocksLost,
    }

    private static async Task<byte[]> ReadWholeAsync(BlobSource source, CancellationToken ct)
    {
        byte[] bytes = new byte[source.Length];
        await using Stream input = source.Open();
        await input.ReadAtLeastAsync(bytes, bytes.Length, throwOnEndOfStream: false, ct);
        using IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(bytes);
        source.RequireUnchanged(hash);
        return bytes;
    }

    private async Task<List<string>> StageAsync(string path, BlobSource source, CancellationToken ct)
    {
        HashSet<string> there = await StagedAsync(path, ct);
        int blockBytes = (int)Math.Max(_options.BlockBytes, (source.Length + MaxBlocks - 1) / MaxBlocks);
        using CancellationTokenSource stop = CancellationTokenSource.CreateLinkedTokenSource(ct);
        using SemaphoreSlim room = new(_options.ParallelBlocks);
        using IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        await using Stream input = source.Open();
        List<string> ids = [];
        List<Task> sending = [];
        try
        {
            for (long offset = 0; offset < source.Length; offset += blockBytes)
            {
                await room.WaitAsync(stop.Token);
                byte[] buffer = ArrayPool<byte>.Shared.Rent(blockBytes);
                Memory<byte> block = buffer.AsMemory(0, (int)Math.Min(blockBytes, source.Length - offset));
                await input.ReadAtLeastAsync(block, block.Length, throwOnEndOfStream: false, stop.Token);
                hash.AppendData(block.Span);
                ids.Add(BlockId(offset, block.Span));
                sending.Add(SendAsync(path, ids[^1], there.Contains(ids[^1]) ? 0 : block.Length, buffer, room, stop));
                sending.RemoveAll(task => task.IsCompletedSuccessfully);
            }
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested)
        {
            // A block failed and stopped the others; waiting for it below says why.
        }
        finally
        {
            await Task.WhenAll(sending);
        }

        source.RequireUnchanged(hash);
        return ids;
    }

    /// <summary>Sends a block (none of it where the service has it already), then gives buffer and place to the next.</summary>
    private async Task SendAsync(string path, string id, int count, byte[] buffer, SemaphoreSlim room, CancellationTokenSource stop)
    {
        try
        {
            if (count > 0)
                await SendAsync(path, id, buffer, count, stop.Token);
        }
        catch
        {
            await stop.CancelAsync();
            throw;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
            room.Release();
        }
    }

    private Task<bool> SendAsync(string path, string id, byte[] buffer, int count, CancellationToken ct) => _pipeline.RunAsync(path, async (_, token) =>
    {
        using MemoryStream content = new(buffer, 0, count, writable: false);
        await InContainerAsync(() => Client(path).StageBlockAsync(id, Rewound(content), options: null, token), token);
        return true;
    }, ct);

    private Task<Commit> CommitAsync(string path, List<string> ids, CancellationToken ct) => _pipeline.RunAsync(path, async (_, token) =>
    {
        try
        {
            await Client(path).CommitBlockListAsync(ids, new CommitBlockListOptions { Conditions = IfAbsent() }, token);
            return Commit.Made;
        }
        catch (RequestFailedException e) when (IsConditionUnmet(e))
        {
            return Commit.AlreadyThere;
        }
        catch (RequestFailedException e) when (e.ErrorCode == BlobErrorCode.InvalidBlockList)
        {
            return Commit.BlocksLost;
        }
    }, ct);

    private Task<HashSet<string>> StagedAsync(string path, CancellationToken ct) => _pipeline.RunAsync(path, async (_, token) =>
    {
        try
        {
            BlockList list = await Client(path).GetBlockListAsync(BlockListTypes.Uncommitted, cancellationToken: token);
            return list.UncommittedBlocks.Select(block => block.Name).ToHashSet(StringComparer.Ordinal);
        }
        catch (RequestFailedException e) when (e.Status == 404)
        {
            return [];
        }
    }, ct);

    /// <summary>8 bytes of offset and 16 of hash: all ids of a blob must have one length.</summary>
    private static string BlockId(long offset, ReadOnlySpan<byte> block)
    {
        Span<byte> id = stackalloc byte[24];
        BinaryPrimitives.WriteInt64BigEndian(id, offset);
        SHA256.HashData(block).AsSpan(0, 16).CopyTo(id[8..]);
        return Convert.ToBase64String(id);
    }
}
