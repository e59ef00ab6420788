using System.Security.Cryptography;
using Unreel.Artifacts.Blobs;

namespace Unreel.Artifacts;

/// <summary>Moves whole artifacts between a store and folders of this machine.</summary>
public static class ArtifactFolder
{
    /// <summary>The file in a fetched folder that says which artifact it holds; written last.</summary>
    public const string Marker = StorePaths.Reserved + "artifact";

    private const string LockFile = StorePaths.Reserved + "lock";

    /// <summary>
    /// Puts an artifact's files into a folder, under their titles. The folder appears whole or not at all; one that is complete already is
    /// taken as it is, one in which files were lost or changed since gets those anew, and a fetch that was interrupted is taken up.
    /// </summary>
    /// <param name="store">Where the artifact is.</param>
    /// <param name="artifact">The artifact.</param>
    /// <param name="folder">A folder that does not exist, is empty, or holds the same artifact.</param>
    /// <param name="ct">Cancels; what was fetched is used next time.</param>
    /// <returns>The folder's full path.</returns>
    /// <exception cref="StoreException">The folder holds something else.</exception>
    /// <exception cref="DigestMismatchException">A stored file is damaged.</exception>
    public static Task<string> FetchAsync(IArtifactStore store, Artifact artifact, string folder, CancellationToken ct) =>
        FetchAsync(store, artifact, folder, progress: null, ct);

    /// <inheritdoc cref="FetchAsync(IArtifactStore, Artifact, string, CancellationToken)"/>
    /// <param name="store">Where the artifact is.</param>
    /// <param name="artifact">The artifact.</param>
    /// <param name="folder">A folder that does not exist, is empty, or holds the same artifact.</param>
    /// <param name="progress">Told, after each file, how many bytes of <see cref="Artifact.Size"/> are there; null tells nobody.</param>
    /// <param name="ct">Cancels; what was fetched is used next time.</param>
    public static async Task<string> FetchAsync(IArtifactStore store, Artifact artifact, string folder, IProgress<long>? progress, CancellationToken ct)
    {
        string target = Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder));
        try
        {
            if (IsOurs(target, artifact.Reference))
                await MendAsync(store, artifact, target, ct);
            else if (File.Exists(target) || (Directory.Exists(target) && Directory.EnumerateFileSystemEntries(target).Any()))
                throw new StoreException($"{target} is not empty and does not hold {artifact.Reference}; expected a new or an empty folder.");
            else
                await FetchNewAsync(store, artifact, target, progress, ct);

            return target;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new StoreException($"{artifact.Reference} cannot be put into {target}: {e.Message}", e);
        }
    }

    /// <summary>Publishes all files of a folder as one artifact, titled by their paths in it.</summary>
    /// <param name="store">Where to.</param>
    /// <param name="kind">What they are.</param>
    /// <param name="name">The artifact's name.</param>
    /// <param name="lineage">Where they come from.</param>
    /// <param name="folder">A folder with at least one file; links to folders are refused.</param>
    /// <param name="mediaType">Gives a file's media type by its title; by default every one is <c>application/octet-stream</c>.</param>
    /// <param name="ct">Cancels; blobs already stored are not sent again.</param>
    /// <exception cref="StoreException">The folder is absent or empty, or a file's name cannot be a title.</exception>
    public static async Task<ArtifactRef> AddFolderAsync(
        IArtifactStore store, ArtifactKind kind, string name, Lineage lineage, string folder, Func<string, string>? mediaType, CancellationToken ct)
    {
        StorePaths.Name(kind, name);
        DirectoryInfo root = new(Path.GetFullPath(folder));
        if (!root.Exists)
            throw new StoreException($"There is no folder {root.FullName}.");

        string[] titles = [.. FilesOf(root, string.Empty).Select(StorePaths.Title).Order(StringComparer.Ordinal)];
        if (titles.Length == 0)
            throw new StoreException($"The folder {root.FullName} has no files.");

        List<Descriptor> layers = [];
        foreach (string title in titles)
            layers.Add(await store.AddFileAsync(Path.Combine(root.FullName, title), mediaType?.Invoke(title) ?? "application/octet-stream", title, ct));

        return await store.PublishAsync(kind, name, lineage, layers, ct);
    }

    private static IEnumerable<string> FilesOf(DirectoryInfo folder, string prefix)
    {
        foreach (FileSystemInfo entry in folder.EnumerateFileSystemInfos())
        {
            if (entry is not DirectoryInfo below)
            {
                if (!entry.Name.StartsWith(StorePaths.Reserved, StringComparison.Ordinal))
                    yield return prefix + entry.Name;

                continue;
            }

            if (below.LinkTarget is not null)
                throw new StoreException($"{below.FullName} is a link to a folder; only the folder's own files can be published.");

            foreach (string title in FilesOf(below, $"{prefix}{below.Name}/"))
                yield return title;
        }
    }

    private static bool IsOurs(string folder, ArtifactRef artifact) =>
        File.Exists(Path.Combine(folder, Marker)) && File.ReadAllText(Path.Combine(folder, Marker)) == artifact.ToString();

    /// <summary>Fetches what is missing or was changed since the marker was written.</summary>
    private static async Task MendAsync(IArtifactStore store, Artifact artifact, string folder, CancellationToken ct)
    {
        if (artifact.Manifest.Layers.All(layer => IsUntouched(folder, layer)))
            return;

        // One at a time, whoever else uses the same folder; the next one finds everything mended.
        await using FileStream held = await WaitForAsync(Path.Combine(folder, LockFile), ct);
        foreach (Descriptor layer in artifact.Manifest.Layers)
        {
            FileInfo file = new(PathOf(folder, layer));
            if (!IsUntouched(folder, layer) && !await HasDigestAsync(file, layer, ct))
                await FetchFileAsync(store, layer, file.FullName, ct);
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

    private static async Task FetchNewAsync(IArtifactStore store, Artifact artifact, string target, IProgress<long>? progress, CancellationToken ct)
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
                await FetchFileAsync(store, layer, file.FullName, ct);

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

    private static async Task FetchFileAsync(IArtifactStore store, Descriptor layer, string file, CancellationToken ct)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        string temporary = $"{file}{StorePaths.Reserved}part";
        try
        {
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
}
