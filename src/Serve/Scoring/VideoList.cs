using System.IO.Enumeration;
using Unreel.Pipelines;
using Unreel.Video;

namespace Unreel.Serve.Scoring;

/// <summary>A video to score.</summary>
/// <param name="Name">What its row calls it.</param>
/// <param name="Path">Where it lies.</param>
internal sealed record VideoEntry(string Name, string Path);

/// <summary>Finds the videos of a folder or a list.</summary>
internal static class VideoList
{
    /// <summary>Lists videos: those of a folder in ordinal order of their names, those of a list in the list's order.</summary>
    /// <exception cref="UsageException">There is no such folder or list, it names no videos, or it names one twice.</exception>
    public static IReadOnlyList<VideoEntry> Read(string videos)
    {
        List<VideoEntry> entries = Directory.Exists(videos) ? ReadFolder(videos)
            : File.Exists(videos) ? ReadList(videos)
            : throw new UsageException($"There is no folder or list of videos at {videos}.");
        return entries.Count > 0 ? entries : throw new UsageException($"{videos} holds no videos.");
    }

    // Links to folders are not followed: they can lead in circles.
    private static List<VideoEntry> ReadFolder(string folder)
    {
        string root = Path.GetFullPath(folder);
        FileSystemEnumerable<string> files = new(root, (ref FileSystemEntry entry) => entry.ToFullPath(), new EnumerationOptions { RecurseSubdirectories = true, AttributesToSkip = FileAttributes.None, IgnoreInaccessible = false })
        {
            ShouldIncludePredicate = (ref FileSystemEntry entry) => !entry.IsDirectory,
            ShouldRecursePredicate = (ref FileSystemEntry entry) => !entry.Attributes.HasFlag(FileAttributes.ReparsePoint),
        };
        return [.. files
            .Where(VideoFiles.IsVideo)
            .Select(path => new VideoEntry(Path.GetRelativePath(root, path).Replace(Path.DirectorySeparatorChar, '/'), path))
            .OrderBy(entry => entry.Name, StringComparer.Ordinal)];
    }

    private static List<VideoEntry> ReadList(string list)
    {
        if (VideoFiles.IsVideo(list))
            throw new UsageException($"{list} is a video; expected a folder of videos, or a text file that names one a line.");

        string folder = Path.GetDirectoryName(Path.GetFullPath(list))!;
        Dictionary<string, int> lines = new(StringComparer.Ordinal);
        List<VideoEntry> entries = [];
        int number = 0;
        foreach (string line in File.ReadLines(list))
        {
            number++;
            string name = line.Trim();
            if (name.Length == 0 || name.StartsWith('#'))
                continue;
            if (!lines.TryAdd(name, number))
                throw new UsageException($"{list} names {name} twice, in lines {lines[name]} and {number}.");

            entries.Add(new VideoEntry(name, Path.Combine(folder, name)));
        }

        return entries;
    }
}
