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
        Artifact described = await store.ReadAsync(artifact, ct);
        if (Directory.Exists(folder) && await IsWholeAsync(folder, described, ct))
            return folder;

        string partial = Path.Combine(inputs, $".{artifact.Digest.Hex[..16]}-{Guid.NewGuid():N}");
        Directory.CreateDirectory(partial);
        try
        {
            await CopyAsync(described, partial, progress, ct);
            await ReplaceAsync(partial, folder, described, ct);
        }
        finally
        {
            if (Directory.Exists(partial))
                Directory.Delete(partial, recursive: true);
        }

        return folder;
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

    /// <summary>Puts the finished copy in its place, unless another process was quicker.</summary>
    private async Task ReplaceAsync(string partial, string folder, Artifact artifact, CancellationToken ct)
    {
        if (Directory.Exists(folder) && !await IsWholeAsync(folder, artifact, ct))
            Directory.Delete(folder, recursive: true);

        try
        {
            Directory.Move(partial, folder);
        }
        catch (IOException) when (Directory.Exists(folder))
        {
            if (!await IsWholeAsync(folder, artifact, ct))
                throw;
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
