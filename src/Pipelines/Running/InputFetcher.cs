using Unreel.Artifacts;

namespace Unreel.Pipelines;

/// <summary>Brings artifacts to this machine, once each, into <c>WORKROOT/inputs/HEX</c>.</summary>
internal sealed class InputFetcher(IArtifactStore store, string workRoot, TimeProvider time)
{
    /// <summary>Brings an artifact's files; a copy that is here already is used if its bytes still have the right digests.</summary>
    /// <returns>The folder with the files, under their titles.</returns>
    public async Task<string> FetchAsync(ArtifactRef artifact, IProgress<StageProgress> progress, CancellationToken ct)
    {
        string inputs = Path.Combine(workRoot, "inputs");
        string folder = Path.Combine(inputs, artifact.Digest.Hex);
        string lockPath = Path.Combine(workRoot, "locks", $"input-{artifact.Digest.Hex[..16]}.lock");
        Artifact described = await store.ReadAsync(artifact, ct);
        using WorkLock held = await WorkLock.TakeAsync(lockPath, wait: true, Waiting, time, ct);
        if (Directory.Exists(folder) && await IsWholeAsync(folder, described, ct))
            return folder;

        // Whatever a killed process left half-copied or damaged goes first: holding the lock, nobody else uses it.
        string partial = Path.Combine(inputs, $".{artifact.Digest.Hex}");
        Remove(partial);
        Directory.CreateDirectory(partial);
        await CopyAsync(described, partial, progress, ct);
        Remove(folder);
        Directory.Move(partial, folder);
        return folder;

        void Waiting(string who) => progress.Report(new StageProgress("waiting", 0, 0, "bytes", $"another process fetches {artifact.Name}"));
    }

    private static void Remove(string folder)
    {
        if (Directory.Exists(folder))
            Directory.Delete(folder, recursive: true);
    }

    private async Task CopyAsync(Artifact artifact, string folder, IProgress<StageProgress> progress, CancellationToken ct)
    {
        long done = 0;
        foreach (Descriptor layer in artifact.Manifest.Layers)
        {
            string target = Target(folder, layer, artifact);
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            await using Stream source = await store.OpenAsync(layer, ct);
            await using FileStream file = new(target, FileMode.CreateNew, FileAccess.Write);
            await source.CopyToAsync(file, ct);
            done += layer.Size;
            progress.Report(new StageProgress("fetching", done, artifact.Size, "bytes", artifact.Reference.Name));
        }
    }

    private async Task<bool> IsWholeAsync(string folder, Artifact artifact, CancellationToken ct)
    {
        FileDigests digests = FileDigests.Load(folder, workRoot, time);
        foreach (Descriptor layer in artifact.Manifest.Layers)
        {
            FileInfo file = new(Target(folder, layer, artifact));
            if (!file.Exists || file.Length != layer.Size || await digests.OfAsync(file, layer.Title!, ct) != layer.Digest)
                return false;
        }

        digests.Save();
        return true;
    }

    private static string Target(string folder, Descriptor layer, Artifact artifact)
    {
        string title = layer.Title ?? throw new StoreException($"{artifact.Reference} has a file without a name.");
        string target = Path.GetFullPath(title, folder);
        bool isInside = target.StartsWith(folder + Path.DirectorySeparatorChar, StringComparison.Ordinal);
        return isInside && !Path.IsPathRooted(title)
            ? target
            : throw new StoreException($"{artifact.Reference} has a file named '{title}'; expected a path inside the artifact.");
    }
}
