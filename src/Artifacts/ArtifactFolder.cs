using Unreel.Artifacts.Blobs;

namespace Unreel.Artifacts;

/// <summary>Moves whole artifacts between a store and folders of this machine.</summary>
public static partial class ArtifactFolder
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
    public static Task<string> FetchAsync(IArtifactStore store, Artifact artifact, string folder, IProgress<long>? progress, CancellationToken ct) =>
        FetchAsync(store, artifact, folder, mayLink: false, progress, ct);

    /// <summary>
    /// The same for files that are only read: where the store is a folder of the same file system, they are read-only links to its blobs and take no room.
    /// </summary>
    /// <inheritdoc cref="FetchAsync(IArtifactStore, Artifact, string, IProgress{long}, CancellationToken)"/>
    public static Task<string> FetchLinkedAsync(IArtifactStore store, Artifact artifact, string folder, IProgress<long>? progress, CancellationToken ct) =>
        FetchAsync(store, artifact, folder, mayLink: true, progress, ct);

    private static async Task<string> FetchAsync(IArtifactStore store, Artifact artifact, string folder, bool mayLink, IProgress<long>? progress, CancellationToken ct)
    {
        string target = Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder));
        try
        {
            if (IsOurs(target, artifact.Reference))
                await MendAsync(store, artifact, target, mayLink, ct);
            else if (File.Exists(target) || (Directory.Exists(target) && Directory.EnumerateFileSystemEntries(target).Any()))
                throw new StoreException($"{target} is not empty and does not hold {artifact.Reference}; expected a new or an empty folder.");
            else
                await FetchNewAsync(store, artifact, target, mayLink, progress, ct);

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

        string[] titles = [.. FilesOf(root, root, string.Empty).Select(StorePaths.Title).Order(StringComparer.Ordinal)];
        if (titles.Length == 0)
            throw new StoreException($"The folder {root.FullName} has no files.");

        List<Descriptor> layers = [];
        foreach (string title in titles)
            layers.Add(await store.AddFileAsync(Path.Combine(root.FullName, title), mediaType?.Invoke(title) ?? "application/octet-stream", title, ct));

        return await store.PublishAsync(kind, name, lineage, layers, ct);
    }

    private static IEnumerable<string> FilesOf(DirectoryInfo root, DirectoryInfo folder, string prefix)
    {
        foreach (FileSystemInfo entry in folder.EnumerateFileSystemInfos())
        {
            if (entry is not DirectoryInfo below)
            {
                RequireInside(root, entry);
                if (!entry.Name.StartsWith(StorePaths.Reserved, StringComparison.Ordinal))
                    yield return prefix + entry.Name;

                continue;
            }

            if (below.LinkTarget is not null)
                throw new StoreException($"{below.FullName} is a link to a folder; only the folder's own files can be published.");

            foreach (string title in FilesOf(root, below, $"{prefix}{below.Name}/"))
                yield return title;
        }
    }

    private static void RequireInside(DirectoryInfo root, FileSystemInfo file)
    {
        if (file.LinkTarget is null)
            return;

        string? target = file.ResolveLinkTarget(returnFinalTarget: true)?.FullName;
        if (target?.StartsWith(Path.TrimEndingDirectorySeparator(root.FullName) + Path.DirectorySeparatorChar, StringComparison.Ordinal) != true)
            throw new StoreException($"{file.FullName} is a link to {target ?? "nothing"}; only the folder's own files can be published.");
    }
}
