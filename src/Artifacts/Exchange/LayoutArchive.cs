using System.Formats.Tar;
using Unreel.Artifacts.Blobs;

namespace Unreel.Artifacts;

/// <summary>
/// A layout in a tar archive, read where it lies: nothing is unpacked. The archive is looked through once; an entry that no honest writer makes
/// (a path that leads out, a link, a device, the same name twice) ends it.
/// </summary>
internal sealed class LayoutArchive : ILayoutFiles
{
    private const int MostEntries = 1_000_000;

    private readonly Dictionary<string, (long Offset, long Length)> _files;

    private LayoutArchive(string location, Dictionary<string, (long, long)> files) => (Location, _files) = (location, files);

    public string Location { get; }

    /// <summary>Looks through an archive.</summary>
    /// <exception cref="StoreException">It is none, or holds what it must not.</exception>
    public static async Task<LayoutArchive> OpenAsync(string file, CancellationToken ct)
    {
        string location = Path.GetFullPath(file);
        Dictionary<string, (long, long)> files = new(StringComparer.Ordinal);
        try
        {
            await using FileStream stream = new(location, FileMode.Open, FileAccess.Read, FileShare.Read, 1 << 16, useAsync: true);
            await using TarReader reader = new(stream, leaveOpen: true);
            while (await reader.GetNextEntryAsync(copyData: false, ct) is { } entry)
                Take(entry, location, stream.Length, files);
        }
        catch (Exception e) when (e is InvalidDataException or EndOfStreamException or FormatException or ArgumentException or OverflowException or NotSupportedException)
        {
            throw new StoreException($"{location} is no whole tar archive: {e.Message} Expected an OCI layout as a folder or as an uncompressed .tar.", e);
        }

        return new LayoutArchive(location, files);
    }

    public long? Size(string path) => _files.TryGetValue(path, out (long Offset, long Length) file) ? file.Length : null;

    public Stream Open(string path)
    {
        (long offset, long length) = _files[path];
        FileStream stream = new(Location, FileMode.Open, FileAccess.Read, FileShare.Read, 1, FileOptions.Asynchronous | FileOptions.SequentialScan) { Position = offset };
        return new LimitedStream(stream, length);
    }

    private static void Take(TarEntry entry, string location, long archive, Dictionary<string, (long, long)> files)
    {
        string name = Clean(entry, location);
        if (entry.EntryType is TarEntryType.Directory or TarEntryType.GlobalExtendedAttributes)
            return;

        if (entry.EntryType is not (TarEntryType.RegularFile or TarEntryType.V7RegularFile or TarEntryType.ContiguousFile))
            throw new StoreException($"The entry '{name}' of {location} is a {entry.EntryType}; expected files and folders only.");
        if (entry.Length < 0 || entry.DataOffset < 0 || entry.DataOffset + entry.Length > archive)
            throw new StoreException($"The entry '{name}' of {location} says that it has {entry.Length} bytes, more than the archive.");
        if (!files.TryAdd(name, (entry.DataOffset, entry.Length)))
            throw new StoreException($"The archive {location} has two entries '{name}'.");
        if (files.Count > MostEntries)
            throw new StoreException($"The archive {location} has more than {MostEntries} files.");
    }

    // A layout's own names need none of what titles must not have either.
    private static string Clean(TarEntry entry, string location)
    {
        string name = entry.Name.StartsWith("./", StringComparison.Ordinal) ? entry.Name[2..] : entry.Name;
        name = entry.EntryType == TarEntryType.Directory ? name.TrimEnd('/') : name;
        if (name.Length == 0 && entry.EntryType == TarEntryType.Directory || entry.EntryType == TarEntryType.GlobalExtendedAttributes)
            return name;

        try
        {
            return StorePaths.Title(name);
        }
        catch (StoreException e)
        {
            throw new StoreException($"The archive {location} has an entry that leads elsewhere: {e.Message}", e);
        }
    }
}
