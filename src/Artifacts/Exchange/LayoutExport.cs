namespace Unreel.Artifacts;

/// <summary>Writes artifacts as an OCI image layout, a folder or a tar archive, that others read and <see cref="LayoutImport"/> brings back with equal digests.</summary>
/// <param name="store">Where from.</param>
public sealed class LayoutExport(IArtifactStore store)
{
    /// <summary>Writes; the layout appears whole or not at all.</summary>
    /// <param name="plan">What; made of the store.</param>
    /// <param name="options">Whether referrers go along; lineage and tags are in the plan.</param>
    /// <param name="path">A new or empty folder, or a new file that ends in <c>.tar</c>.</param>
    /// <param name="ct">Cancels; nothing is left at <paramref name="path"/>.</param>
    /// <returns>The full path.</returns>
    /// <exception cref="StoreException">There is something at the path, it cannot be written, or the store is damaged.</exception>
    public async Task<string> RunAsync(ExchangePlan plan, ExchangeOptions options, string path, CancellationToken ct)
    {
        string target = Path.TrimEndingDirectorySeparator(Path.GetFullPath(path));
        if (File.Exists(target) || (Directory.Exists(target) && Directory.EnumerateFileSystemEntries(target).Any()))
            throw new StoreException($"{target} is there already; expected a new or an empty folder, or a new file .tar.");

        IReadOnlyList<(StoredManifest Manifest, string? Tag)> manifests = await ManifestsAsync(plan, options, ct);
        try
        {
            await using ILayoutTarget writer = target.EndsWith(".tar", StringComparison.OrdinalIgnoreCase) ? new LayoutArchiveWriter(target) : new LayoutFolderWriter(target);
            await WriteAsync(manifests, writer, ct);
            await writer.FinishAsync(ct);
            return target;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new StoreException($"{target} cannot be written: {e.Message}", e);
        }
    }

    private async Task<IReadOnlyList<(StoredManifest Manifest, string? Tag)>> ManifestsAsync(ExchangePlan plan, ExchangeOptions options, CancellationToken ct)
    {
        List<(StoredManifest, string?)> manifests = [];

        // Where one artifact alone is in the layout, standard clients name it by its tag; several may have the same one.
        bool isAlone = plan.Artifacts.Count == 1;
        foreach (ArtifactRef artifact in plan.Artifacts)
        {
            StoredManifest manifest = await ReadAsync(artifact.Digest, ct);
            string[] tags = [.. plan.Targets.Where(tag => tag.Value == artifact).Select(tag => isAlone ? tag.Key.Tag! : tag.Key.ToString()).Order(StringComparer.Ordinal)];
            manifests.AddRange(tags.Length == 0 ? [(manifest, null)] : tags.Select(tag => (manifest, (string?)tag)));
            if (!options.Referrers)
                continue;

            await foreach (Referrer referrer in store.ListReferrersAsync(artifact.Digest, ct))
                manifests.Add((await ReadAsync(referrer.Digest, ct), null));
        }

        return manifests;
    }

    private async Task<StoredManifest> ReadAsync(Digest digest, CancellationToken ct) =>
        await store.ReadManifestAsync(digest, ct) ?? throw new BlobMissingException(digest, store.Location);

    private async Task WriteAsync(IReadOnlyList<(StoredManifest Manifest, string? Tag)> manifests, ILayoutTarget writer, CancellationToken ct)
    {
        OciIndex index = new() { Manifests = [.. manifests.Select(one => OciEntry.Of(one.Manifest, one.Tag))] };
        await WriteAsync(writer, LayoutPaths.Marker, LayoutPaths.MarkerBytes, ct);
        await WriteAsync(writer, LayoutPaths.Index, index.ToBytes(), ct);
        HashSet<Digest> written = [];
        foreach (StoredManifest manifest in manifests.Select(one => one.Manifest))
        {
            if (written.Add(manifest.Digest))
                await WriteAsync(writer, LayoutPaths.Blob(manifest.Digest), manifest.Bytes.ToArray(), ct);

            foreach (Descriptor blob in manifest.Blobs.Where(blob => written.Add(blob.Digest)))
            {
                await using Stream content = await store.OpenAsync(blob, ct);
                await writer.WriteAsync(LayoutPaths.Blob(blob.Digest), content, blob.Size, ct);
            }
        }
    }

    private static async Task WriteAsync(ILayoutTarget writer, string path, byte[] bytes, CancellationToken ct)
    {
        await using MemoryStream content = new(bytes, writable: false);
        await writer.WriteAsync(path, content, bytes.Length, ct);
    }
}
