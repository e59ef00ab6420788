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
        Artifact artifact = await store.ReadAsync(found, ct);
        Dictionary<string, Descriptor> files = artifact.Manifest.Layers.Where(layer => layer.Title is not null).ToDictionary(layer => layer.Title!, StringComparer.Ordinal);
        if (!files.Keys.Any(VideoFiles.IsVideo))
            throw new UsageException($"{found} holds no videos, but {Some(files.Keys)}; clips that are drawn from a recipe are scored when they are made with materialize: mp4.");

        return new VideoListing(await EntriesAsync(found, files, filter, ct), [.. filter.Notices()]) { Artifact = found };
    }

    private async Task<List<VideoEntry>> EntriesAsync(ArtifactRef artifact, Dictionary<string, Descriptor> files, VideoFilter filter, CancellationToken ct)
    {
        if (files.Remove(ClipDataset.ListFile, out Descriptor? list))
        {
            string name = $"{artifact}: {ClipDataset.ListFile}";
            await using Stream stream = await store.OpenAsync(list, ct);
            using MemoryStream bytes = new();
            await stream.CopyToAsync(bytes, ct);
            bytes.Seek(0, SeekOrigin.Begin);
            return VideoLister.Entries(ListFile.Read(bytes, name), name, filter, line => Entry(line.Path, files.GetValueOrDefault(line.Path)
                ?? throw new UsageException($"{name}, line {line.Number} names {line.Path}, which is not in the artifact.")));
        }

        return [.. files.Where(file => filter.Takes(file.Key)).OrderBy(file => file.Key, StringComparer.Ordinal).Select(file => Entry(file.Key, file.Value))];
    }

    private static VideoEntry Entry(string name, Descriptor blob) => new(name, null, blob) { Bytes = blob.Size };

    private static string Some(IEnumerable<string> names)
    {
        string[] all = [.. names.Order(StringComparer.Ordinal)];
        return all.Length == 0 ? "no files at all" : all.Length <= 3 ? string.Join(", ", all) : $"{string.Join(", ", all[..3])} and {all.Length - 3} more files";
    }
}
