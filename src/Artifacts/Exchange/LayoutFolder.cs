namespace Unreel.Artifacts;

/// <summary>A layout that lies in a folder. Links in it are not followed: they may lead anywhere.</summary>
internal sealed class LayoutFolder(string folder) : ILayoutFiles
{
    public string Location { get; } = Path.GetFullPath(folder);

    public long? Size(string path)
    {
        for (int slash = path.IndexOf('/', StringComparison.Ordinal); slash > 0; slash = path.IndexOf('/', slash + 1))
            RefuseLink(new DirectoryInfo(Path.Combine(Location, path[..slash])), path[..slash]);

        FileInfo file = new(Path.Combine(Location, path));
        RefuseLink(file, path);
        return file.Exists ? file.Length : null;
    }

    public Stream Open(string path)
    {
        // What has no length is not opened: it may be a pipe that nobody ever writes to.
        FileInfo file = new(Path.Combine(Location, path));
        return file.Length == 0
            ? new MemoryStream([], writable: false)
            : new FileStream(file.FullName, FileMode.Open, FileAccess.Read, FileShare.Read, 1, FileOptions.Asynchronous | FileOptions.SequentialScan);
    }

    private void RefuseLink(FileSystemInfo entry, string path)
    {
        if (entry.LinkTarget is not null)
            throw new StoreException($"{path} in {Location} is a link; expected a file of the layout itself.");
    }
}
