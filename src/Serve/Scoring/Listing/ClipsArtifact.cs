using Unreel.Artifacts;
using Unreel.Pipelines;
using Unreel.Video;

namespace Unreel.Serve.Scoring;

/// <summary>The videos of an artifact of clips, and their labels where it has a list of them.</summary>
internal sealed class ClipsArtifact(IArtifactStore store)
{
    /// <summary>Lists the videos.</summary>
    /// <exception cref="UsageException">There is no such artifact, or it holds no videos.</exception>
    public async Task<VideoListing> ReadAsync(ArtifactReference reference, VideoFilter filter, CancellationToken ct)
    {
        if (reference.Kind != ArtifactKind.Clips)
            throw new UsageException($"{reference} holds no videos; expected an artifact of kind clips, e.g. clips/motions:latest.");

        ArtifactRef found = await store.FindAsync(reference, ct)
            ?? throw new UsageException($"There are no clips {reference} in {store.Location}, and no file or folder of that name.");
        return await ReadAsync(await store.ReadAsync(found, ct), filter, store.OpenAsync, (name, blob) => new VideoEntry(name, null, blob), ct);
    }

    /// <summary>Lists the videos of an artifact that was fetched into a folder.</summary>
    /// <exception cref="UsageException">It holds no videos.</exception>
    public static Task<VideoListing> ReadFetchedAsync(Artifact artifact, string folder, VideoFilter filter, CancellationToken ct)
    {
        if (artifact.Reference.Kind != ArtifactKind.Clips)
            throw new UsageException($"{artifact.Reference} holds no videos; expected an artifact of kind clips, e.g. clips/motions:latest.");

        return ReadAsync(artifact, filter, Open, (name, blob) => new VideoEntry(name, Path.Combine(folder, blob.Title!)), ct);

        Task<Stream> Open(Descriptor blob, CancellationToken token) => Task.FromResult<Stream>(File.OpenRead(Path.Combine(folder, blob.Title!)));
    }

    private static async Task<VideoListing> ReadAsync(
        Artifact artifact, VideoFilter filter, Func<Descriptor, CancellationToken, Task<Stream>> open, Func<string, Descriptor, VideoEntry> entry, CancellationToken ct)
    {
        ArtifactRef found = artifact.Reference;
        Dictionary<string, Descriptor> files = artifact.Manifest.Layers.Where(layer => layer.Title is not null).ToDictionary(layer => layer.Title!, StringComparer.Ordinal);
        if (!files.Keys.Any(VideoFiles.IsVideo))
            throw new UsageException($"{found} holds no videos, but {Some(files.Keys)}; clips that are drawn from a recipe are scored when they are made with materialize: mp4.");

        return new VideoListing(await EntriesAsync(), [.. filter.Notices()]) { Artifact = found };

        async Task<List<VideoEntry>> EntriesAsync()
        {
            if (!files.Remove(ClipDataset.ListFile, out Descriptor? list))
                return [.. files.Where(file => filter.Takes(file.Key)).OrderBy(file => file.Key, StringComparer.Ordinal).Select(file => Entry(file.Key, file.Value))];

            string name = $"{found}: {ClipDataset.ListFile}";
            await using Stream stream = await open(list, ct);
            using MemoryStream bytes = new();
            await stream.CopyToAsync(bytes, ct);
            bytes.Seek(0, SeekOrigin.Begin);
            return VideoLister.Entries(ListFile.Read(bytes, name), name, filter, line => Entry(line.Path, files.GetValueOrDefault(line.Path)
                ?? throw new UsageException($"{name}, line {line.Number} names {line.Path}, which is not in the artifact.")));
        }

        VideoEntry Entry(string name, Descriptor blob) => entry(name, blob) with { Bytes = blob.Size };
    }

    private static string Some(IEnumerable<string> names)
    {
        string[] all = [.. names.Order(StringComparer.Ordinal)];
        return all.Length == 0 ? "no files at all" : all.Length <= 3 ? string.Join(", ", all) : $"{string.Join(", ", all[..3])} and {all.Length - 3} more files";
    }
}
