using Unreel.Artifacts;
using Unreel.Onnx;
using Unreel.Pipelines;

namespace Unreel.Export;

/// <summary>An ONNX artifact that is to be written in a form of others': what the model takes and gives, and what it promises.</summary>
/// <param name="Artifact">The artifact.</param>
/// <param name="Manifest">Its manifest as it is stored.</param>
/// <param name="Model">Inputs and outputs, from the model's own graph.</param>
/// <param name="Contract">What the model promises.</param>
internal sealed record SharedModel(Artifact Artifact, StoredManifest Manifest, ModelDescription Model, ModelContract Contract)
{
    /// <summary>The model's file.</summary>
    public const string FileName = "model.onnx";

    /// <summary>Whether a file belongs beside the model wherever that goes: the model itself, and weights that it names.</summary>
    public static bool IsModel(string title) => title.StartsWith(FileName, StringComparison.Ordinal) && !title.Contains('/', StringComparison.Ordinal);

    /// <summary>Reads what must be known of a model; its weights are not read.</summary>
    /// <exception cref="UsageException">The artifact is no ONNX model of ours.</exception>
    public static async Task<SharedModel> ReadAsync(IArtifactStore store, ArtifactRef reference, CancellationToken ct)
    {
        if (reference.Kind != ArtifactKind.Onnx)
            throw new UsageException($"{reference} is of the kind {ArtifactReference.KindText(reference.Kind)}; expected an ONNX model, onnx/NAME.");

        Artifact artifact = await store.ReadAsync(reference, ct);
        StoredManifest manifest = await store.ReadManifestAsync(reference.Digest, ct) ?? throw new ArtifactNotFoundException(reference.ToString(), store.Location);
        Descriptor layer = artifact.Manifest.Layers.FirstOrDefault(layer => layer.Title == FileName)
            ?? throw new UsageException($"{reference} holds no {FileName}; it holds {string.Join(", ", artifact.Manifest.Layers.Select(layer => layer.Title))}.");
        await using Stream content = await store.OpenViewAsync(layer, ct);
        ModelOutline outline = await Task.Run(() => ModelOutline.Read(content, FileName), ct);
        string contract = outline.Contract ?? throw new ContractException("is missing; expected a model that was exported, or imported by unreel import onnx", FileName);
        return new SharedModel(artifact, manifest, outline.Model, ModelContract.Parse(contract));
    }

    /// <summary>Writes the model's files into one folder, and what else the artifact holds with its provenance into another.</summary>
    public async Task WriteAsync(IArtifactStore store, string modelFolder, string root, CancellationToken ct)
    {
        foreach (Descriptor layer in Artifact.Manifest.Layers)
        {
            string file = layer.Title is { } title && IsModel(title) ? Path.Combine(modelFolder, title) : Provenance.FileOf(root, layer);
            Directory.CreateDirectory(Path.GetDirectoryName(file)!);
            await using Stream content = await store.OpenAsync(layer, ct);
            await using FileStream output = new(file, FileMode.CreateNew, FileAccess.Write, FileShare.None, 1, useAsync: true);
            await content.CopyToAsync(output, ct);
        }

        await Provenance.WriteAsync(store, Manifest, root, ct);
    }
}
