using System.Security.Cryptography;
using Unreel.Artifacts.Blobs;

namespace Unreel.Artifacts;

/// <summary>Bringing files, mending what was lost, and keeping out of each other's way.</summary>
public static partial class ArtifactFolder
{
    private static bool IsOurs(string folder, ArtifactRef artifact) =>
        File.Exists(Path.Combine(folder, Marker)) && File.ReadAllText(Path.Combine(folder, Marker)) == artifact.ToString();

    /// <summary>Fetches what is missing or was changed since the marker was written.</summary>
    private static async Task MendAsync(IArtifactStore store, Artifact artifact, string folder, bool mayLink, CancellationToken ct)
    {
        if (artifact.Manifest.Layers.All(layer => IsUntouched(folder, layer)))
            return;

        // One at a time, whoever else uses the same folder; the next one finds everything mended.
        await using FileStream held = await WaitForAsync(Path.Combine(folder, LockFile), ct);
        foreach (Descriptor layer in artifact.Manifest.Layers)
        {
            FileInfo file = new(PathOf(folder, layer));
            if (!IsUntouched(folder, layer) && !await HasDigestAsync(file, layer, ct))
                await FetchFileAsync(store, layer, file.FullName, mayLink, ct);
        }

        // What was looked at is not looked at again. The time is the file system's own, as those of the files are.
        await held.WriteAsync(new byte[1], ct);
        await held.FlushAsync(ct);
        File.SetLastWriteTimeUtc(Path.Combine(folder, Marker), File.GetLastWriteTimeUtc(held.Name));
    }

    private static bool IsUntouched(string folder, Descriptor layer)
    {
        FileInfo file = new(PathOf(folder, layer));
        return file.Exists && file.Length == layer.Size && file.LastWriteTimeUtc <= File.GetLastWriteTimeUtc(Path.Combine(folder, Marker));
    }

    private static async Task<FileStream> WaitForAsync(string lockFile, CancellationToken ct)
    {
        while (true)
        {
            if (ExclusiveFile.TryOpen(lockFile) is { } held)
                return held;

            await Task.Delay(100, ct);
        }
    }

    private static async Task FetchNewAsync(IArtifactStore store, Artifact artifact, string target, bool mayLink, IProgress<long>? progress, CancellationToken ct)
    {
        string parent = Path.GetDirectoryName(target) ?? throw new StoreException($"{target} cannot hold an artifact.");
        string partial = Path.Combine(parent, $".{Path.GetFileName(target)}.{artifact.Reference.Digest.Hex[..12]}.partial");
        await using FileStream? held = await HoldAsync(partial, target, artifact.Reference, ct);
        if (held is null)
            return;

        long there = 0;
        foreach (Descriptor layer in artifact.Manifest.Layers)
        {
            FileInfo file = new(PathOf(partial, layer));
            if (!await HasDigestAsync(file, layer, ct))
                await FetchFileAsync(store, layer, file.FullName, mayLink, ct);

            progress?.Report(there += layer.Size);
        }

        await File.WriteAllTextAsync(Path.Combine(partial, Marker), artifact.Reference.ToString(), ct);
        if (Directory.Exists(target))
            Directory.Delete(target, recursive: false);

        Directory.Move(partial, target);
        File.Delete(Path.Combine(target, LockFile));
    }

    /// <summary>Waits until nobody else fetches the same artifact to the same place; null where it has been done meanwhile.</summary>
    private static async Task<FileStream?> HoldAsync(string partial, string target, ArtifactRef artifact, CancellationToken ct)
    {
        while (!IsOurs(target, artifact))
        {
            if (TryHold(partial) is not { } held)
                await Task.Delay(100, ct);
            else if (!IsOurs(target, artifact))
                return held;
            else
            {
                // The other one finished between the two looks, and this folder was made after it had gone.
                await held.DisposeAsync();
                Directory.Delete(partial, recursive: true);
            }
        }

        return null;
    }

    private static FileStream? TryHold(string partial)
    {
        try
        {
            Directory.CreateDirectory(partial);
            return ExclusiveFile.TryOpen(Path.Combine(partial, LockFile));
        }
        catch (DirectoryNotFoundException)
        {
            // The other one has just given the folder its name.
            return null;
        }
    }

    private static string PathOf(string folder, Descriptor layer) =>
        Path.Combine(folder, layer.Title is { } title ? StorePaths.Title(title) : layer.Digest.Hex);

    private static async Task<bool> HasDigestAsync(FileInfo file, Descriptor layer, CancellationToken ct)
    {
        if (!file.Exists || file.Length != layer.Size)
            return false;

        await using FileStream stream = file.OpenRead();
        return Digest.FromHash(await SHA256.HashDataAsync(stream, ct)) == layer.Digest;
    }

    private static async Task FetchFileAsync(IArtifactStore store, Descriptor layer, string file, bool mayLink, CancellationToken ct)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        string temporary = $"{file}{StorePaths.Reserved}part";
        try
        {
            File.Delete(temporary);
            if (mayLink && await TryLinkAsync(store, layer, temporary, ct))
            {
                File.Move(temporary, file, overwrite: true);
                return;
            }

            await using (Stream source = await store.OpenAsync(layer, ct))
            await using (FileStream output = new(temporary, FileMode.Create, FileAccess.Write, FileShare.None, 1, useAsync: true))
            {
                await source.CopyToAsync(output, BlobSource.ChunkBytes, ct);
            }

            File.Move(temporary, file, overwrite: true);
        }
        finally
        {
            File.Delete(temporary);
        }
    }

    /// <summary>Links to a blob that is what its digest says, and makes it read-only, since it has one set of bytes from then on.</summary>
    private static async Task<bool> TryLinkAsync(IArtifactStore store, Descriptor layer, string file, CancellationToken ct)
    {
        if (OperatingSystem.IsWindows() || store.LocalFile(layer.Digest) is not { } blob || !await HasDigestAsync(new FileInfo(blob), layer, ct))
            return false;

        try
        {
            // Who may read it stays as it is.
            File.SetUnixFileMode(blob, File.GetUnixFileMode(blob) & ~(UnixFileMode.UserWrite | UnixFileMode.GroupWrite | UnixFileMode.OtherWrite));
        }
        catch (UnauthorizedAccessException)
        {
            // Another user's blob, whose mode is not ours to set: it is copied.
            return false;
        }

        return HardLink.TryShare(blob, file);
    }
}
