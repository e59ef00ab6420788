namespace Unreel.Artifacts;

/// <summary>An OCI image layout that is read. Nothing it says is believed: sizes and digests are held against the bytes.</summary>
public sealed class OciLayout
{
    private const int MostMarkerBytes = 1 << 10;
    private const int MostIndexBytes = 4 << 20;

    private readonly ILayoutFiles _files;

    private OciLayout(ILayoutFiles files, IReadOnlyList<LayoutManifest> manifests) => (_files, Manifests) = (files, manifests);

    /// <summary>Where it is.</summary>
    public string Location => _files.Location;

    /// <summary>What its index names, in the index's order.</summary>
    public IReadOnlyList<LayoutManifest> Manifests { get; }

    /// <summary>Whether a path looks like a layout: a folder with the marker, or a file called .tar.</summary>
    public static bool IsLayout(string path) =>
        Directory.Exists(path) ? File.Exists(Path.Combine(path, LayoutPaths.Marker)) : File.Exists(path) && path.EndsWith(".tar", StringComparison.OrdinalIgnoreCase);

    /// <summary>Reads a layout's index and its manifests; blobs are read when they are asked for.</summary>
    /// <param name="path">A folder, or an uncompressed tar archive.</param>
    /// <param name="ct">Cancels.</param>
    /// <exception cref="StoreException">It is no layout, or not what it says.</exception>
    public static async Task<OciLayout> OpenAsync(string path, CancellationToken ct)
    {
        try
        {
            ILayoutFiles files = Directory.Exists(path) ? new LayoutFolder(path)
                : File.Exists(path) ? await LayoutArchive.OpenAsync(path, ct)
                : throw new StoreException($"There is no file or folder '{path}'; expected an OCI layout.");
            return new OciLayout(files, await ReadAsync(files, ct));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new StoreException($"{path} cannot be read: {e.Message}", e);
        }
    }

    /// <summary>Opens a blob; the stream throws at its end where the bytes are not what the descriptor says.</summary>
    /// <exception cref="StoreException">It is not there, or has another size.</exception>
    public Stream OpenBlob(Descriptor blob)
    {
        Require(_files, blob.Digest, blob.Size);
        return new DigestStream(_files.Open(LayoutPaths.Blob(blob.Digest)), blob, Location, _ => { });
    }

    private static async Task<IReadOnlyList<LayoutManifest>> ReadAsync(ILayoutFiles files, CancellationToken ct)
    {
        LayoutMarker marker = CanonicalJson.Read<LayoutMarker>(await ReadAsync(files, LayoutPaths.Marker, MostMarkerBytes, ct), $"{LayoutPaths.Marker} in {files.Location}");
        if (marker.ImageLayoutVersion != LayoutMarker.Known)
            throw new StoreException($"{files.Location} is a layout of the version '{marker.ImageLayoutVersion}'; expected {LayoutMarker.Known}.");

        OciIndex index = CanonicalJson.Read<OciIndex>(await ReadAsync(files, LayoutPaths.Index, MostIndexBytes, ct), $"{LayoutPaths.Index} in {files.Location}");
        if (index.SchemaVersion != 2 || index.MediaType != OciIndex.IndexMediaType)
            throw new StoreException($"{LayoutPaths.Index} in {files.Location} is no image index: schemaVersion {index.SchemaVersion}, mediaType '{index.MediaType}'.");

        List<LayoutManifest> manifests = [];
        foreach (OciEntry entry in CanonicalJson.Filled(index.Manifests, $"{LayoutPaths.Index} in {files.Location}"))
            manifests.Add(await ReadAsync(files, entry, ct));

        return manifests.Count > 0 ? manifests : throw new StoreException($"The layout {files.Location} holds nothing.");
    }

    private static async Task<LayoutManifest> ReadAsync(ILayoutFiles files, OciEntry entry, CancellationToken ct)
    {
        if (entry.MediaType != Manifest.ManifestMediaType)
            throw new StoreException($"The layout {files.Location} names {entry.Digest} of the type '{entry.MediaType}'; expected {Manifest.ManifestMediaType} only.");
        if (entry.Size is < 0 or > ArtifactStore.MaxManifestBytes)
            throw new StoreException($"The layout {files.Location} names a manifest {entry.Digest} of {entry.Size} bytes; at most {ArtifactStore.MaxManifestBytes} are allowed.");

        Require(files, entry.Digest, entry.Size);
        byte[] bytes = await ReadAsync(files, LayoutPaths.Blob(entry.Digest), ArtifactStore.MaxManifestBytes, ct);
        Digest found = Digest.Of(bytes);
        if (found != entry.Digest)
            throw new DigestMismatchException(entry.Digest, found, files.Location);

        return LayoutManifest.Read(entry, bytes, $"The manifest {entry.Digest} in {files.Location}");
    }

    private static void Require(ILayoutFiles files, Digest digest, long expected)
    {
        long size = files.Size(LayoutPaths.Blob(digest)) ?? throw new BlobMissingException(digest, files.Location);
        if (size != expected)
            throw new StoreException($"The blob {digest} in {files.Location} has {size} bytes; what names it says {expected}.");
    }

    private static async Task<byte[]> ReadAsync(ILayoutFiles files, string path, int most, CancellationToken ct)
    {
        long size = files.Size(path) ?? throw new StoreException($"{files.Location} is no OCI layout: it has no {path}.");
        if (size > most)
            throw new StoreException($"{path} in {files.Location} has {size} bytes; at most {most} are allowed.");

        byte[] bytes = new byte[size];
        await using Stream stream = files.Open(path);
        try
        {
            await stream.ReadExactlyAsync(bytes, ct);
        }
        catch (EndOfStreamException e)
        {
            throw new StoreException($"{path} in {files.Location} ends before its {size} bytes.", e);
        }

        return bytes;
    }
}
