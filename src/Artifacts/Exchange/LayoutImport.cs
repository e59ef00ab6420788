using System.Text.Json.Nodes;

namespace Unreel.Artifacts;

/// <summary>
/// Brings a layout's artifacts into a store. What was exported from a store keeps its digests, and with them its signatures; what others made, or what is to
/// go by another name, gets a manifest of its own, and the result says so.
/// </summary>
/// <param name="store">Where to.</param>
/// <param name="time">The clock of waits between attempts to move a tag.</param>
public sealed class LayoutImport(IArtifactStore store, TimeProvider time)
{
    /// <summary>The file that the only layer of a foreign ONNX artifact becomes where it has no name of its own.</summary>
    public const string ModelFile = "model.onnx";

    /// <summary>Imports.</summary>
    /// <param name="layout">The layout.</param>
    /// <param name="target">What to call the artifact: <c>kind/name:tag</c>; null where all go by the names they bring.</param>
    /// <param name="select">The tag or digest of the manifest that <paramref name="target"/> is for, where there are several; null where there is one.</param>
    /// <param name="ct">Cancels; what was brought stays, and is found next time.</param>
    /// <exception cref="StoreException">Something in the layout is not what it says, or is none of ours and has no name.</exception>
    public async Task<IReadOnlyList<ImportedArtifact>> RunAsync(OciLayout layout, ArtifactReference? target, string? select, CancellationToken ct)
    {
        LayoutManifest? chosen = target is null ? null : Choose(layout, target, select);
        List<ImportedArtifact> imported = [];
        foreach (LayoutManifest manifest in layout.Manifests.Where(manifest => manifest.Subject is null).DistinctBy(manifest => manifest.Entry.Digest))
            imported.Add(manifest.Entry.Digest == chosen?.Entry.Digest ? await BringAsAsync(layout, manifest, target!, ct) : await BringAsync(layout, manifest, ct));

        HashSet<Digest> subjects = [.. imported.Where(one => one.KeptDigest).Select(one => one.Artifact.Digest)];
        foreach (LayoutManifest referrer in layout.Manifests.Where(manifest => manifest.Subject is { } subject && subjects.Contains(subject.Digest)))
            await PutAsync(layout, referrer, ct);

        return await TagAsync(layout, imported, chosen, target, ct);
    }

    private static LayoutManifest Choose(OciLayout layout, ArtifactReference target, string? select)
    {
        LayoutManifest[] all = [.. layout.Manifests.Where(manifest => manifest.Subject is null).Where(manifest => select is null || manifest.Entry.Tag == select || manifest.Entry.Digest.ToString() == select).DistinctBy(manifest => manifest.Entry.Digest)];
        LayoutManifest[] named = [.. all.Where(manifest => manifest.Artifact is { } artifact && artifact.Kind == target.Kind && artifact.Name == target.Name)];
        if (all.Length == 1 || named.Length == 1)
            return (all.Length == 1 ? all : named)[0];

        string there = string.Join(", ", layout.Manifests.Where(manifest => manifest.Subject is null).Select(manifest => manifest.Entry.Tag ?? manifest.Artifact?.ToString() ?? manifest.Entry.Digest.ToString()));
        throw new StoreException(select is null
            ? $"{layout.Location} holds several artifacts ({there}); expected the tag or digest of the one that {target} is to be, or no name at all."
            : $"{layout.Location} holds nothing by the tag or digest '{select}'; it holds {there}.");
    }

    private async Task<ImportedArtifact> BringAsync(OciLayout layout, LayoutManifest manifest, CancellationToken ct)
    {
        if (manifest.Artifact is not { } artifact)
            throw new StoreException($"{manifest.Entry.Digest} in {layout.Location} is none of Unreel's artifacts (its type is '{manifest.ArtifactType}'); expected what to call it, kind/name:tag.");

        await PutAsync(layout, manifest, ct);
        return new ImportedArtifact(artifact, manifest.Entry.Digest);
    }

    private async Task<ImportedArtifact> BringAsAsync(OciLayout layout, LayoutManifest manifest, ArtifactReference target, CancellationToken ct)
    {
        if (manifest.Artifact is not { } artifact)
            return await BringForeignAsync(layout, manifest, target, ct);

        if (artifact.Kind != target.Kind)
            throw new StoreException($"{artifact} in {layout.Location} is of the kind {ArtifactReference.KindText(artifact.Kind)}; expected a name of that kind, not {target}.");
        if (artifact.Name == target.Name)
            return await BringAsync(layout, manifest, ct);

        await BringBlobsAsync(layout, [.. manifest.Layers, manifest.Config], ct);
        byte[] lineage = await ReadAsync(layout, manifest.Config, ct);
        ArtifactRef renamed = await store.PublishAsync(target.Kind, target.Name, Lineage.Read(lineage, $"The lineage of {artifact}"), manifest.Layers, ct);
        return new ImportedArtifact(renamed, manifest.Entry.Digest);
    }

    private async Task<ImportedArtifact> BringForeignAsync(OciLayout layout, LayoutManifest manifest, ArtifactReference target, CancellationToken ct)
    {
        Descriptor[] layers = [.. manifest.Layers.Select(layer => layer.Title is null ? Titled(layer, layout, manifest, target) : layer)];
        if (layers.Length == 0)
            throw new StoreException($"{manifest.Entry.Digest} in {layout.Location} has no layers; expected files.");

        await BringBlobsAsync(layout, layers, ct);
        Lineage lineage = new()
        {
            Stage = "import",
            Options = new JsonObject { ["format"] = "oci", ["digest"] = manifest.Entry.Digest.ToString(), ["type"] = manifest.ArtifactType ?? manifest.Config.MediaType },
        };
        return new ImportedArtifact(await store.PublishAsync(target.Kind, target.Name, lineage, layers, ct), manifest.Entry.Digest);
    }

    private static Descriptor Titled(Descriptor layer, OciLayout layout, LayoutManifest manifest, ArtifactReference target) =>
        manifest.Layers.Count == 1 && target.Kind == ArtifactKind.Onnx
            ? layer with { MediaType = "application/onnx", Annotations = new(StringComparer.Ordinal) { [Descriptor.TitleAnnotation] = ModelFile } }
            : throw new StoreException($"The layer {layer.Digest} of {manifest.Entry.Digest} in {layout.Location} has no file name; expected the annotation {Descriptor.TitleAnnotation}, or an ONNX model as the only layer.");

    private async Task PutAsync(OciLayout layout, LayoutManifest manifest, CancellationToken ct)
    {
        await BringBlobsAsync(layout, [.. manifest.Layers, manifest.Config], ct);
        await store.PutManifestAsync(manifest.Bytes, ct);
    }

    private async Task BringBlobsAsync(OciLayout layout, IEnumerable<Descriptor> blobs, CancellationToken ct)
    {
        foreach (Descriptor blob in blobs.DistinctBy(blob => blob.Digest))
        {
            // Looked at before anything is stored, so that a size that is a lie is told as one.
            await layout.OpenBlob(blob).DisposeAsync();
            await store.AddBlobAsync(blob, layout.Location, _ => Task.FromResult(layout.OpenBlob(blob)), ct);
        }
    }

    private static async Task<byte[]> ReadAsync(OciLayout layout, Descriptor blob, CancellationToken ct)
    {
        if (blob.Size > ArtifactStore.MaxManifestBytes)
            throw new StoreException($"The lineage {blob.Digest} in {layout.Location} has {blob.Size} bytes; at most {ArtifactStore.MaxManifestBytes} are allowed.");

        byte[] bytes = new byte[blob.Size];
        await using Stream stream = layout.OpenBlob(blob);
        await stream.ReadExactlyAsync(bytes, ct);
        return bytes;
    }

    private async Task<IReadOnlyList<ImportedArtifact>> TagAsync(OciLayout layout, List<ImportedArtifact> imported, LayoutManifest? chosen, ArtifactReference? target, CancellationToken ct)
    {
        List<ImportedArtifact> tagged = [];
        foreach (ImportedArtifact one in imported)
        {
            IEnumerable<ArtifactReference?> own = layout.Manifests.Where(manifest => manifest.Entry.Digest == one.Source).Select(manifest => manifest.TagOf(one.Artifact));
            ArtifactReference[] tags = one.Source == chosen?.Entry.Digest ? [target!] : [.. own.OfType<ArtifactReference>().Distinct()];
            foreach (ArtifactReference tag in tags)
                await store.MoveTagAsync(one.Artifact, tag.Tag!, time, ct);

            tagged.Add(one with { Tags = tags });
        }

        return tagged;
    }
}

/// <summary>An artifact that was imported.</summary>
/// <param name="Artifact">The artifact.</param>
/// <param name="Source">The digest of the manifest in the layout.</param>
public sealed record ImportedArtifact(ArtifactRef Artifact, Digest Source)
{
    /// <summary>The tags that were set.</summary>
    public IReadOnlyList<ArtifactReference> Tags { get; init; } = [];

    /// <summary>Whether it is the very manifest of the layout.</summary>
    public bool KeptDigest => Artifact.Digest == Source;
}
