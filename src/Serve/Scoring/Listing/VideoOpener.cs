using Unreel.Artifacts;
using Unreel.Video;

namespace Unreel.Serve.Scoring;

/// <summary>Opens the bytes of videos, which must be able to seek: files as they are, blobs of a store in a folder where they lie, others through a file that is gone when it is closed.</summary>
/// <param name="store">Where blobs are; null where there are none.</param>
/// <param name="spool">The folder for blobs from afar; null for the system's temporary one. One file for each decoder lies there at a time.</param>
internal sealed class VideoOpener(IArtifactStore? store, string? spool = null)
{
    private const int BufferBytes = 1 << 16;

    /// <summary>Opens a video.</summary>
    /// <exception cref="VideoException">There is no such file, it cannot be read, or the store's bytes are damaged or lost.</exception>
    /// <exception cref="StoreException">The store cannot be reached.</exception>
    public async Task<Stream> OpenAsync(VideoEntry video, CancellationToken ct)
    {
        try
        {
            return video.Path is { } path ? OpenFile(path, video.Name) : await OpenBlobAsync(video.Blob!, ct);
        }
        catch (Exception problem) when (problem is DigestMismatchException or BlobMissingException)
        {
            throw new VideoException($"{video.Name}: {problem.Message}", problem);
        }
        catch (Exception problem) when (video.Path is not null && problem is IOException or UnauthorizedAccessException)
        {
            // By the row's own name, so that the same videos give the same file wherever they lie.
            throw new VideoException($"{video.Name}: cannot be opened: {problem.Message.Replace(video.Path!, video.Name, StringComparison.Ordinal)}", problem);
        }
    }

    private static FileStream OpenFile(string path, string name)
    {
        if (!File.Exists(path))
            throw new VideoException(Directory.Exists(path) ? $"{name}: is a folder, not a video." : $"{name}: there is no such file.");

        return new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, BufferBytes);
    }

    private async Task<Stream> OpenBlobAsync(Descriptor blob, CancellationToken ct)
    {
        await using Stream bytes = await store!.OpenAsync(blob, ct);
        if (store.LocalFile(blob.Digest) is { } local)
        {
            // Read once for the digest; the second reading finds it in the system's memory.
            await bytes.CopyToAsync(Stream.Null, ct);
            return OpenFile(local, blob.Title ?? blob.Digest.ToString());
        }

        string folder = spool ?? Path.GetTempPath();
        Directory.CreateDirectory(folder);
        FileStreamOptions options = new() { Mode = FileMode.CreateNew, Access = FileAccess.ReadWrite };
        if (!OperatingSystem.IsWindows())
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        FileStream spooled = new(Path.Combine(folder, $"unreel-score-{Guid.NewGuid():N}"), options);
        try
        {
            // A killed run must leave nothing behind; the open file stays readable without a name.
            File.Delete(spooled.Name);
            await bytes.CopyToAsync(spooled, ct);
            spooled.Seek(0, SeekOrigin.Begin);
            return spooled;
        }
        catch
        {
            await spooled.DisposeAsync();
            throw;
        }
    }
}
