using System.IO.Enumeration;
using Unreel.Pipelines;

namespace Unreel.Serve.Scoring;

/// <summary>The videos of a folder and all folders below, in ordinal order of their names.</summary>
internal static class FolderListing
{
    /// <summary>Lists them. Links to folders are not followed: they can lead in circles.</summary>
    /// <exception cref="UsageException">A folder cannot be read, or none of its files is taken.</exception>
    public static VideoListing Read(string folder, VideoFilter filter)
    {
        string root = Path.GetFullPath(folder);
        EnumerationOptions options = new() { RecurseSubdirectories = true, AttributesToSkip = FileAttributes.None, IgnoreInaccessible = false };
        FileSystemEnumerable<(string Path, long Bytes)> files = new(root, (ref FileSystemEntry entry) => (entry.ToFullPath(), entry.Length), options)
        {
            ShouldIncludePredicate = (ref FileSystemEntry entry) => !entry.IsDirectory,
            ShouldRecursePredicate = (ref FileSystemEntry entry) => !entry.Attributes.HasFlag(FileAttributes.ReparsePoint),
        };
        try
        {
            List<VideoEntry> entries = [];
            foreach ((string path, long bytes) in files)
            {
                string name = Path.GetRelativePath(root, path).Replace(Path.DirectorySeparatorChar, '/');
                if (filter.Takes(name))
                    entries.Add(new VideoEntry(name, path) { Bytes = bytes });
            }

            entries.Sort(static (one, other) => string.CompareOrdinal(one.Name, other.Name));
            return new VideoListing(entries, [.. filter.Notices()]);
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            throw new UsageException($"The folder {folder} cannot be searched: {problem.Message}", problem);
        }
    }
}
