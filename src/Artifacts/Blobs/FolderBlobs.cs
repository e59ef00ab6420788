using System.Buffers;
using System.Runtime.CompilerServices;
using System.Security.Cryptography;

namespace Unreel.Artifacts.Blobs;

/// <summary>
/// Blobs as files of a folder. A file is written under <c>tmp/</c>, flushed to the disk, and then given its name in one step,
/// so a reader never sees half of it and a killed writer leaves nothing but a temporary file, which a later writer removes.
/// </summary>
internal sealed partial class FolderBlobs : IBlobs
{
    private readonly string _root;
    private readonly ArtifactStoreOptions _options;
    private readonly FolderLocks _locks;
    private int _cleaned;

    public FolderBlobs(string folder, ArtifactStoreOptions options)
    {
        _root = Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder));
        _options = options;
        _locks = new FolderLocks(Path.Combine(_root, "locks"), options);
    }

    /// <summary>Makes the stream a temporary file is written through; tests put a failing disk here.</summary>
    internal Func<string, Stream> OpenTemporary { get; init; } = path => new FileStream(path, new FileStreamOptions
    {
        Mode = FileMode.CreateNew,
        Access = FileAccess.Write,
        Share = FileShare.None,
        BufferSize = 0,
        Options = FileOptions.Asynchronous,
    });

    public string Location => _root;

    public bool IsLocal => true;

    public ArtifactStoreOptions Options => _options;

    public Task<bool> PutAsync(string path, BlobSource source, CancellationToken ct) => GuardAsync(path, async () =>
    {
        string target = Full(path);
        if (File.Exists(target))
            return false;

        string temporary = await WriteTemporaryAsync(source, ct);
        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            return HardLink.TryCreate(temporary, target);
        }
        catch (IOException) when (File.Exists(target))
        {
            return false;
        }
        finally
        {
            File.Delete(temporary);
        }
    });

    public Task<Stream?> OpenAsync(string path, long offset, long? count, CancellationToken ct) => GuardAsync(path, () =>
    {
        FileStream? file = OpenFile(path);
        if (file is null)
            return Task.FromResult<Stream?>(null);

        file.Position = offset;
        return Task.FromResult<Stream?>(count is { } bytes ? new LimitedStream(file, bytes) : file);
    });

    public Task<StoredBytes?> ReadAsync(string path, int limit, CancellationToken ct) =>
        GuardAsync(path, () => ReadSmallAsync(path, limit, ct));

    public Task<bool> TrySwapAsync(string path, ReadOnlyMemory<byte> bytes, string? expected, CancellationToken ct) => GuardAsync(path, async () =>
    {
        using IDisposable held = await _locks.AcquireAsync(path, ct);
        StoredBytes? now = await ReadSmallAsync(path, int.MaxValue, ct);
        if (now?.Version != expected)
            return false;

        await ReplaceAsync(path, bytes, ct);
        return true;
    });

    public Task WriteAsync(string path, ReadOnlyMemory<byte> bytes, CancellationToken ct) => GuardAsync(path, async () =>
    {
        await ReplaceAsync(path, bytes, ct);
        return true;
    });

    public Task DeleteAsync(string path, CancellationToken ct) => GuardAsync(path, () =>
    {
        if (File.Exists(Full(path)))
            File.Delete(Full(path));

        return Task.FromResult(true);
    });

    public Task<bool> TryDeleteAsync(string path, string expected, CancellationToken ct) => GuardAsync(path, async () =>
    {
        using IDisposable held = await _locks.AcquireAsync(path, ct);
        StoredBytes? now = await ReadSmallAsync(path, int.MaxValue, ct);
        if (now?.Version != expected)
            return false;

        File.Delete(Full(path));
        return true;
    });

    public async IAsyncEnumerable<IReadOnlyList<BlobEntry>> ListAsync(string prefix, [EnumeratorCancellation] CancellationToken ct)
    {
        RequireNoFile();
        foreach (BlobEntry[] page in Walk(Full(prefix), prefix).Chunk(_options.PageSize))
        {
            ct.ThrowIfCancellationRequested();
            yield return page;
        }

        await Task.CompletedTask;
    }

    private async Task<StoredBytes?> ReadSmallAsync(string path, int limit, CancellationToken ct)
    {
        await using FileStream? file = OpenFile(path);
        if (file is null)
            return null;

        if (file.Length > limit)
            throw new StoreException($"{path} in {_root} has {file.Length} bytes, more than the {limit} allowed.");

        byte[] bytes = new byte[file.Length];
        await file.ReadExactlyAsync(bytes, ct);
        long written = File.GetLastWriteTimeUtc(file.SafeFileHandle).Ticks;
        return new StoredBytes(bytes, $"{written:x}-{Digest.Of(bytes).Hex[..16]}");
    }

    private Task ReplaceAsync(string path, ReadOnlyMemory<byte> bytes, CancellationToken ct) => ReplaceAsync(path, BlobSource.Of(bytes), ct);

    private async Task ReplaceAsync(string path, BlobSource source, CancellationToken ct)
    {
        string target = Full(path);
        string temporary = await WriteTemporaryAsync(source, ct);
        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            File.Move(temporary, target, overwrite: true);
        }
        finally
        {
            File.Delete(temporary);
        }
    }

    private async Task<string> WriteTemporaryAsync(BlobSource source, CancellationToken ct)
    {
        string folder = Path.Combine(_root, "tmp");
        Directory.CreateDirectory(folder);
        RemoveStale(folder);

        string temporary = Path.Combine(folder, $"{Guid.NewGuid():n}.part");
        try
        {
            await using Stream output = OpenTemporary(temporary);
            await CopyCheckedAsync(source, output, ct);
            if (output is FileStream file)
                file.Flush(flushToDisk: true);

            return temporary;
        }
        catch
        {
            File.Delete(temporary);
            throw;
        }
    }

    private static async Task CopyCheckedAsync(BlobSource source, Stream output, CancellationToken ct)
    {
        using IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        byte[] buffer = ArrayPool<byte>.Shared.Rent(BlobSource.ChunkBytes);
        try
        {
            await using Stream input = source.Open();
            for (int read; (read = await input.ReadAsync(buffer, ct)) > 0;)
            {
                hash.AppendData(buffer, 0, read);
                await output.WriteAsync(buffer.AsMemory(0, read), ct);
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }

        source.RequireUnchanged(hash);
    }
}
