using Unreel.Artifacts;
using Unreel.Pipelines;
using Unreel.Video;

namespace Unreel.Serve.Scoring;

/// <summary>Finds the videos that are meant: those of a folder, a list, or an artifact of clips.</summary>
/// <param name="store">Where artifacts are; null where there is no store.</param>
internal sealed class VideoLister(IArtifactStore? store)
{
    /// <summary>Lists videos: those of a folder or an artifact in ordinal order of their names, those of a list in the list's order.</summary>
    /// <exception cref="UsageException">There is no such folder, list or artifact, it names no videos, or it names one twice.</exception>
    public async Task<VideoListing> ReadAsync(ScoreOptions options, CancellationToken ct)
    {
        StageInput videos = StageInput.Parse(options.Videos);
        VideoFilter filter = new(options.Include, options.Exclude);
        VideoListing listing = !videos.IsPath ? await new ClipsArtifact(Store(videos.Reference)).ReadAsync(videos.Reference, filter, ct)
            : Directory.Exists(videos.Text) ? FolderListing.Read(videos.Text, filter)
            : File.Exists(videos.Text) ? ReadList(videos.Text, options.Root, filter)
            : throw new UsageException($"There is no folder, list or artifact of videos {options.Videos}.");
        if (options.Root is not null && !File.Exists(videos.Text))
            throw new UsageException($"--root {options.Root} says where a list's paths begin, but {options.Videos} is no list.");

        return listing.Entries.Count > 0
            ? listing
            : throw new UsageException($"{options.Videos} holds no videos{(listing.Notices.Count == 0 ? "." : $": {string.Join("; ", listing.Notices)}.")}");
    }

    /// <summary>Makes entries of a list's lines.</summary>
    /// <exception cref="UsageException">A video is named twice.</exception>
    internal static List<VideoEntry> Entries(IEnumerable<ListedVideo> lines, string list, VideoFilter filter, Func<ListedVideo, VideoEntry> find)
    {
        Dictionary<string, int> numbers = new(StringComparer.Ordinal);
        List<VideoEntry> entries = [];
        foreach (ListedVideo line in lines)
        {
            if (!numbers.TryAdd(line.Path, line.Number))
                throw new UsageException($"{list} names {line.Path} twice, in lines {numbers[line.Path]} and {line.Number}.");
            if (filter.TakesListed(line.Path))
                entries.Add(find(line) with { Truth = line.Label });
        }

        return entries;
    }

    private IArtifactStore Store(ArtifactReference reference) =>
        store ?? throw new UsageException($"The videos {reference} are an artifact, but no store was named.");

    private static VideoListing ReadList(string list, string? root, VideoFilter filter)
    {
        if (VideoFiles.IsVideo(list))
            throw new UsageException($"{list} is a video; expected a folder of videos, or a text file that names one a line.");
        if (root is not null && !Directory.Exists(root))
            throw new UsageException($"There is no folder {root}; expected that in which the paths of {list} begin.");

        string folder = Path.GetFullPath(root ?? Path.GetDirectoryName(Path.GetFullPath(list))!);
        try
        {
            using FileStream stream = File.OpenRead(list);
            List<VideoEntry> entries = Entries(ListFile.Read(stream, list), list, filter, line => Find(line.Path, folder));
            return new VideoListing(entries, [.. filter.Notices()]);
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            throw new UsageException($"The list {list} cannot be read: {problem.Message}", problem);
        }
    }

    private static VideoEntry Find(string name, string folder)
    {
        FileInfo file = new(Path.Combine(folder, name));
        return new VideoEntry(name, file.FullName) { Bytes = file.Exists ? file.Length : null };
    }
}
