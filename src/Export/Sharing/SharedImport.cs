using System.Security.Cryptography;
using System.Text.Json.Nodes;
using Unreel.Artifacts;
using Unreel.Pipelines;

namespace Unreel.Export;

/// <summary>
/// Brings back what <see cref="TritonExport"/> and <see cref="HuggingFaceExport"/> wrote. Files that are as they were make the same artifact with the same
/// digest; where one was changed, a new artifact is made, with the old one in its lineage.
/// </summary>
/// <param name="store">Where to.</param>
/// <param name="time">The clock of waits between attempts to move a tag.</param>
public sealed class SharedImport(IArtifactStore store, TimeProvider time)
{
    /// <summary>Imports a folder.</summary>
    /// <param name="path">A model's folder in a Triton repository, a repository of one model, or a folder in the style of Hugging Face's hub.</param>
    /// <param name="target">What to call it: <c>kind/name:tag</c>; null for the name that it had, without a tag.</param>
    /// <param name="ct">Cancels; what was brought stays, and is found next time.</param>
    /// <exception cref="UsageException">It is no folder that was exported.</exception>
    /// <exception cref="StoreException">A file is missing, or what the folder says cannot be.</exception>
    public async Task<ImportedArtifact> RunAsync(string path, ArtifactReference? target, CancellationToken ct)
    {
        (string root, string models) = Find(path);
        StoredManifest manifest = StoredManifest.Read(await ReadAsync(Provenance.ManifestOf(root), ct), Provenance.ManifestOf(root));
        ArtifactRef was = manifest.Artifact ?? throw new StoreException($"{Provenance.ManifestOf(root)} is of the type '{manifest.Manifest.ArtifactType}'; expected an artifact's manifest.");
        if (target is not null && target.Kind != was.Kind)
            throw new UsageException($"{was} is of the kind {ArtifactReference.KindText(was.Kind)}; expected a name of that kind, not {target}.");

        List<string> changed = [];
        List<Descriptor> layers = [];
        foreach (Descriptor layer in manifest.Manifest.Layers)
            layers.Add(await AddAsync(layer, layer.Title is { } title && SharedModel.IsModel(title) ? Path.Combine(models, title) : Provenance.FileOf(root, layer), changed, ct));

        byte[] lineage = await ReadAsync(Provenance.LineageOf(root), ct);
        ArtifactRef artifact = await PublishAsync(manifest, was, target?.Name ?? was.Name, layers, changed, lineage, ct);
        if (target is not null)
            await store.MoveTagAsync(artifact, target.Tag!, time, ct);

        return new ImportedArtifact(artifact, was.Digest) { Tags = target is null ? [] : [target] };
    }

    private async Task<ArtifactRef> PublishAsync(StoredManifest manifest, ArtifactRef was, string name, List<Descriptor> layers, List<string> changed, byte[] lineage, CancellationToken ct)
    {
        if (changed.Count > 0)
        {
            Lineage brought = new()
            {
                Stage = "import",
                Options = new JsonObject { ["format"] = "folder", ["changed"] = new JsonArray([.. changed.Select(title => (JsonNode?)title)]) },
                Inputs = [new LineageInput("artifact", was.ToString(), was.Digest)],
            };
            return await store.PublishAsync(was.Kind, name, brought, layers, ct);
        }

        Descriptor config = await store.AddBytesAsync(lineage, Manifest.LineageMediaType, title: null, ct);
        if (config.Digest != manifest.Manifest.Config.Digest)
            throw new StoreException($"The lineage of {was} was changed: it has the digest {config.Digest}, its manifest says {manifest.Manifest.Config.Digest}.");

        if (name != was.Name)
            return await store.PublishAsync(was.Kind, name, Lineage.Read(lineage, $"The lineage of {was}"), manifest.Manifest.Layers, ct);

        await store.PutManifestAsync(manifest.Bytes, ct);
        return was;
    }

    private async Task<Descriptor> AddAsync(Descriptor layer, string file, List<string> changed, CancellationToken ct)
    {
        FileInfo info = new(file);
        if (!info.Exists)
            throw new StoreException($"There is no {file}, which the artifact's manifest names.");

        bool isSame = await IsSameAsync(info, layer, ct);
        if (!isSame && info.LinkTarget is not null)
            throw new StoreException($"{file} is a link to something else than the artifact's manifest says; expected a file.");
        if (!isSame)
            changed.Add(layer.Title ?? layer.Digest.ToString());

        Descriptor added = await store.AddFileAsync(file, layer.MediaType, layer.Title ?? layer.Digest.Hex, ct);
        return layer with { Digest = added.Digest, Size = added.Size };
    }

    private static async Task<bool> IsSameAsync(FileInfo file, Descriptor layer, CancellationToken ct)
    {
        await using FileStream stream = file.OpenRead();
        return stream.Length == layer.Size && Digest.FromHash(await SHA256.HashDataAsync(stream, ct)) == layer.Digest;
    }

    /// <summary>The folder that holds the provenance, and the one that holds the model.</summary>
    private static (string Root, string Models) Find(string path)
    {
        string[] roots = File.Exists(Provenance.ManifestOf(path)) ? [path]
            : Directory.Exists(path) ? [.. Directory.EnumerateDirectories(path).Where(folder => File.Exists(Provenance.ManifestOf(folder)))]
            : throw new UsageException($"There is no folder '{path}'.");
        if (roots is not [var root])
        {
            throw new UsageException(roots.Length > 1
                ? $"'{path}' holds several models ({string.Join(", ", roots.Select(Path.GetFileName))}); expected the folder of one."
                : $"'{path}' is neither an OCI layout nor a folder that unreel artifacts export wrote (it has no {Provenance.Folder}/manifest.json). A model alone comes in by: unreel import onnx FILE --as onnx/NAME, weights by: unreel import weights PATH --as weights/NAME.");
        }

        string version = Path.Combine(root, TritonExport.Version);
        return (root, Directory.Exists(version) ? version : root);
    }

    private static async Task<byte[]> ReadAsync(string file, CancellationToken ct)
    {
        FileInfo info = new(file);
        if (!info.Exists || info.Length > ArtifactStore.MaxManifestBytes)
            throw new StoreException(info.Exists ? $"{file} has {info.Length} bytes; at most {ArtifactStore.MaxManifestBytes} are allowed." : $"There is no {file}.");

        return await File.ReadAllBytesAsync(file, ct);
    }
}
