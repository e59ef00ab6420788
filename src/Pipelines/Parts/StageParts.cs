using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Unreel.Artifacts;

namespace Unreel.Pipelines;

/// <summary>The finished parts of stages' work: blobs in the store, under a record of the stage's key. Nothing is published by them.</summary>
/// <remarks>
/// No manifest names a part's blobs; their records do, and garbage collection keeps them until the stage is finished, or the records are as old as
/// runs' records may get (90 days by default). What it took the stage makes again by itself.
/// </remarks>
internal sealed class StageParts(IArtifactStore store)
{
    private const int AtOnce = 4;

    /// <summary>Stores a part's files, and then writes down that it is done.</summary>
    /// <param name="key">The stage's key.</param>
    /// <param name="shard">Which part.</param>
    /// <param name="folder">The work folder.</param>
    /// <param name="files">The files, by their paths relative to it.</param>
    /// <param name="ct">Cancels; what was stored is found by the next.</param>
    public async Task StoreAsync(Digest key, StageShard shard, string folder, IReadOnlyList<string> files, CancellationToken ct)
    {
        List<PartFile> stored = [];
        foreach (string file in files.Order(StringComparer.Ordinal))
        {
            Descriptor blob = await store.AddFileAsync(Path.Combine(folder, file), PartRecord.FileType, file, ct);
            stored.Add(new PartFile(file, blob.Digest, blob.Size));
        }

        Descriptor list = await store.AddBytesAsync(PartRecord.WriteList(stored), PartRecord.ListType, title: null, ct);
        await store.WriteRecordAsync(PartRecord.Path(key, shard), PartRecord.Write(list), ct);
        await store.WriteRecordAsync(PartRecord.CountPath(key), Encoding.ASCII.GetBytes(shard.Count.ToString(CultureInfo.InvariantCulture)), ct);
    }

    /// <summary>The files of a finished part; null where it is not finished, or its list is gone.</summary>
    public async Task<IReadOnlyList<PartFile>?> FindAsync(Digest key, StageShard shard, CancellationToken ct)
    {
        if (await store.ReadRecordAsync(PartRecord.Path(key, shard), ct) is not { } record || PartRecord.Read(record) is not { } list)
            return null;

        try
        {
            await using Stream stream = await store.OpenAsync(list, ct);
            using MemoryStream bytes = new();
            await stream.CopyToAsync(bytes, ct);
            return PartRecord.ReadList(bytes.ToArray(), $"The list {list.Digest} of part {shard}");
        }
        catch (Exception e) when (e is BlobMissingException or DigestMismatchException)
        {
            // Collected since, or damaged: the part is made again.
            return null;
        }
    }

    /// <summary>Into how many parts a key's work was divided last; null where it never was.</summary>
    public async Task<int?> CountAsync(Digest key, CancellationToken ct) =>
        await store.ReadRecordAsync(PartRecord.CountPath(key), ct) is { } record
        && int.TryParse(Encoding.ASCII.GetString(record), NumberStyles.None, CultureInfo.InvariantCulture, out int count) && count > 0
            ? count
            : null;

    /// <summary>Finds the parts of a set.</summary>
    /// <exception cref="PartsException">They are not of one and the same work.</exception>
    /// <returns>The files of all finished parts, each path once, and the parts that are missing.</returns>
    public async Task<(IReadOnlyList<PartFile> Files, IReadOnlyList<StageShard> Missing)> FindSetAsync(Digest key, int count, CancellationToken ct)
    {
        Dictionary<string, PartFile> files = new(StringComparer.Ordinal);
        List<StageShard> missing = [];
        for (int index = 0; index < count; index++)
        {
            StageShard shard = new(index, count);
            if (await FindAsync(key, shard, ct) is not { } found)
                missing.Add(shard);
            else
                Add(files, found, shard);
        }

        return ([.. files.Values], missing);
    }

    /// <summary>Brings files into a work folder, checking digests; those that are there already are left.</summary>
    /// <exception cref="BlobMissingException">One is not in the store any more.</exception>
    /// <exception cref="DigestMismatchException">One is damaged there.</exception>
    public async Task BringAsync(IReadOnlyList<PartFile> files, string folder, IProgress<StageProgress> progress, CancellationToken ct)
    {
        long done = 0;
        ParallelOptions parallel = new() { MaxDegreeOfParallelism = AtOnce, CancellationToken = ct };
        await Parallel.ForEachAsync(files, parallel, async (file, token) =>
        {
            FileInfo target = new(Path.Combine(folder, file.Path));
            if (!await IsThereAsync(target, file, token))
                await BringAsync(file, target.FullName, token);
            progress.Report(new StageProgress("fetching parts", Interlocked.Increment(ref done), files.Count, "files"));
        });
    }

    // A stage that was killed here may have written files of its own, of the same sizes.
    private static async Task<bool> IsThereAsync(FileInfo target, PartFile file, CancellationToken ct)
    {
        if (!target.Exists || target.Length != file.Size)
            return false;

        await using FileStream stream = new(target.FullName, FileMode.Open, FileAccess.Read, FileShare.Read, 1 << 16, FileOptions.SequentialScan | FileOptions.Asynchronous);
        return Digest.FromHash(await SHA256.HashDataAsync(stream, ct)) == file.Digest;
    }

    private async Task BringAsync(PartFile file, string target, CancellationToken ct)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(target)!);
        string temporary = $"{target}.{Guid.NewGuid():n}.part";
        try
        {
            // Copied, and never linked: what lies in a work folder may be written to.
            await using (Stream source = await store.OpenAsync(file.Blob, ct))
            await using (FileStream copy = new(temporary, FileMode.CreateNew, FileAccess.Write))
                await source.CopyToAsync(copy, ct);
            File.Move(temporary, target, overwrite: true);
        }
        finally
        {
            File.Delete(temporary);
        }
    }

    // Parts may share a file that says what all of them are of, but not differ in it.
    private static void Add(Dictionary<string, PartFile> files, IReadOnlyList<PartFile> part, StageShard shard)
    {
        foreach (PartFile file in part)
        {
            if (files.TryGetValue(file.Path, out PartFile? other) && other.Digest != file.Digest)
                throw new PartsException($"The part {shard} has another {file.Path} ({file.Digest}) than a part before it ({other.Digest}); expected parts of one and the same work.");
            files[file.Path] = file;
        }
    }
}
