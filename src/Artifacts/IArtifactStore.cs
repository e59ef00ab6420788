namespace Unreel.Artifacts;

/// <summary>
/// Immutable artifacts by digest and movable tags, over a folder or a blob container.
/// Written in the order blobs, manifest, tag, so that whatever a reader finds is whole; every read checks its digest.
/// </summary>
public interface IArtifactStore
{
    /// <summary>The store's location, without secrets; for messages and pages.</summary>
    string Location { get; }

    /// <summary>Stores a file's bytes unless they are there already.</summary>
    /// <param name="file">A local file; it is streamed, and may be larger than memory.</param>
    /// <param name="mediaType">What the bytes are.</param>
    /// <param name="title">The layer's name: a relative path with forward slashes.</param>
    /// <param name="ct">Cancels the upload; a later one takes up what can be taken up.</param>
    Task<Descriptor> AddFileAsync(string file, string mediaType, string title, CancellationToken ct);

    /// <summary>Stores small bytes unless they are there already.</summary>
    Task<Descriptor> AddBytesAsync(ReadOnlyMemory<byte> bytes, string mediaType, string? title, CancellationToken ct);

    /// <summary>Writes the manifest of an artifact whose blobs are stored.</summary>
    /// <exception cref="BlobMissingException">A blob it names is not in the store.</exception>
    Task<ArtifactRef> PublishAsync(ArtifactKind kind, string name, Lineage lineage, IReadOnlyList<Descriptor> layers, CancellationToken ct);

    /// <summary>Attaches a run record to an artifact.</summary>
    Task RecordRunAsync(ArtifactRef artifact, RunRecord run, CancellationToken ct);

    /// <summary>The run records of an artifact, oldest first.</summary>
    Task<IReadOnlyList<RunRecord>> RunsAsync(ArtifactRef artifact, CancellationToken ct);

    /// <summary>Finds what a reference means now; null where there is nothing by that name.</summary>
    Task<ArtifactRef?> FindAsync(ArtifactReference reference, CancellationToken ct);

    /// <summary>Reads and checks a manifest and its lineage.</summary>
    /// <exception cref="ArtifactNotFoundException">There is none.</exception>
    /// <exception cref="DigestMismatchException">The stored bytes are not what the digest says.</exception>
    Task<Artifact> ReadAsync(ArtifactRef artifact, CancellationToken ct);

    /// <summary>Opens a blob for reading; the stream throws <see cref="DigestMismatchException"/> at its end where the bytes are wrong.</summary>
    /// <exception cref="BlobMissingException">It is not in the store.</exception>
    Task<Stream> OpenAsync(Descriptor blob, CancellationToken ct);

    /// <summary>Opens a part of a blob for looking at it; nothing can be checked against the digest, so what is read must be used for nothing but to be shown.</summary>
    /// <exception cref="BlobMissingException">It is not in the store.</exception>
    Task<Stream> OpenPartAsync(Descriptor blob, long offset, long count, CancellationToken ct);

    /// <summary>The file that holds a blob, where the store lies in a folder of this machine; null elsewhere. It need not exist.</summary>
    string? LocalFile(Digest blob);

    /// <summary>The size of a blob in bytes; null where there is none by this digest.</summary>
    Task<long?> SizeAsync(Digest blob, CancellationToken ct);

    /// <summary>Reads a manifest of any sort as it is stored; null where there is no blob by this digest or it is no manifest.</summary>
    /// <exception cref="DigestMismatchException">The stored bytes are not what the digest says.</exception>
    Task<StoredManifest?> ReadManifestAsync(Digest manifest, CancellationToken ct);

    /// <summary>Stores a blob that comes from elsewhere, unless it is there already.</summary>
    /// <param name="blob">Its digest and size, which the bytes are held against before anyone can read them here.</param>
    /// <param name="from">Where it comes from, for messages.</param>
    /// <param name="open">Opens it from its beginning; it may be called again after a fault.</param>
    /// <param name="ct">Cancels.</param>
    /// <exception cref="DigestMismatchException">The bytes have another digest; nothing was stored.</exception>
    Task AddBlobAsync(Descriptor blob, string from, Func<CancellationToken, Task<Stream>> open, CancellationToken ct);

    /// <summary>Publishes a manifest that comes from elsewhere byte for byte, so that it keeps its digest; its blobs are stored already.</summary>
    /// <exception cref="BlobMissingException">A blob it names is not in the store.</exception>
    /// <exception cref="StoreException">It is no manifest of an artifact, of what describes one that is there, or of a run; or it says other sizes than its blobs have.</exception>
    Task<StoredManifest> PutManifestAsync(ReadOnlyMemory<byte> manifest, CancellationToken ct);

    /// <summary>Checks that manifest and blobs exist with the right sizes, and with <paramref name="deep"/> their digests too.</summary>
    /// <returns>What is wrong, one line each; empty where the artifact is whole.</returns>
    Task<IReadOnlyList<string>> VerifyAsync(ArtifactRef artifact, bool deep, CancellationToken ct);

    /// <summary>Reads a tag with the version to compare and swap against.</summary>
    Task<Tag?> ReadTagAsync(ArtifactKind kind, string name, string tag, CancellationToken ct);

    /// <summary>Moves a tag if it is still at <paramref name="expected"/> (null: if it does not exist yet).</summary>
    /// <returns>Whether this writer won.</returns>
    Task<bool> TryMoveTagAsync(ArtifactKind kind, string name, string tag, Digest target, Tag? expected, CancellationToken ct);

    /// <summary>Removes a tag if it is still what was read; the artifact stays.</summary>
    /// <returns>Whether this caller removed it; false where it was moved or removed meanwhile.</returns>
    Task<bool> TryRemoveTagAsync(Tag tag, CancellationToken ct);

    /// <summary>Takes an artifact out of the listing; its bytes stay until garbage collection finds that nothing names them.</summary>
    /// <exception cref="ArtifactNotFoundException">There is none.</exception>
    /// <exception cref="StoreConflictException">A tag points to it.</exception>
    Task RemoveAsync(ArtifactRef artifact, CancellationToken ct);

    /// <summary>Attaches files to an artifact: a manifest of its own with the artifact as its subject.</summary>
    /// <param name="subject">What is described.</param>
    /// <param name="artifactType">What the description is, e.g. <c>application/vnd.dsse.envelope.v1+json</c>.</param>
    /// <param name="layers">Its files, stored already.</param>
    /// <param name="ct">Cancels.</param>
    /// <exception cref="ArtifactNotFoundException">There is no such artifact.</exception>
    Task<Referrer> AttachAsync(ArtifactRef subject, string artifactType, IReadOnlyList<Descriptor> layers, CancellationToken ct);

    /// <summary>Lists what describes an artifact (run records, signatures), in the order of the digests.</summary>
    IAsyncEnumerable<Referrer> ListReferrersAsync(Digest subject, CancellationToken ct);

    /// <summary>Keeps the record of a pipeline's run.</summary>
    /// <param name="run">What became of it.</param>
    /// <param name="logs">The logs of its stages, stored already, by title.</param>
    /// <param name="ct">Cancels.</param>
    Task<PipelineRunRef> RecordPipelineRunAsync(PipelineRun run, IReadOnlyList<Descriptor> logs, CancellationToken ct);

    /// <summary>Names the records of pipelines' runs, newest first, without reading them.</summary>
    Task<IReadOnlyList<PipelineRunRef>> ListPipelineRunsAsync(CancellationToken ct);

    /// <summary>Reads the record of a run; null where there is none by this digest.</summary>
    Task<StoredPipelineRun?> ReadPipelineRunAsync(Digest run, CancellationToken ct);

    /// <summary>Lists tags, page after page, in the ordinal order of <c>kind/name/tag</c>.</summary>
    IAsyncEnumerable<Tag> ListTagsAsync(ArtifactKind? kind, CancellationToken ct);

    /// <summary>Lists what artifacts there are, tagged or not, without reading their manifests, in the ordinal order of <c>kind/name/digest</c>.</summary>
    IAsyncEnumerable<ArtifactRef> ListReferencesAsync(ArtifactKind? kind, CancellationToken ct);

    /// <summary>Lists artifacts, tagged or not, page after page, in the ordinal order of <c>kind/name/digest</c>.</summary>
    IAsyncEnumerable<Artifact> ListAsync(ArtifactKind? kind, CancellationToken ct);

    /// <summary>Reads a small named record (the cache of finished work keeps its entries here); null where there is none.</summary>
    Task<byte[]?> ReadRecordAsync(string path, CancellationToken ct);

    /// <summary>Writes a small named record, replacing what was there.</summary>
    /// <param name="path">A relative path such as <c>keys/9f2c…</c>.</param>
    /// <param name="bytes">At most 1 MiB.</param>
    /// <param name="ct">Cancels the write.</param>
    Task WriteRecordAsync(string path, ReadOnlyMemory<byte> bytes, CancellationToken ct);
}

/// <summary>A tag, where it points, and the version of the blob that says so.</summary>
/// <param name="Kind">The kind of the artifact.</param>
/// <param name="Name">The artifact's name.</param>
/// <param name="Value">The tag's own name.</param>
/// <param name="Target">The digest it points to.</param>
/// <param name="Version">The store's version of the tag (an ETag), compared when it is moved.</param>
public sealed record Tag(ArtifactKind Kind, string Name, string Value, Digest Target, string Version);

/// <summary>A manifest read from a store, with its lineage.</summary>
/// <param name="Reference">Kind, name and digest.</param>
/// <param name="Manifest">The manifest.</param>
/// <param name="Lineage">Its config, read.</param>
public sealed record Artifact(ArtifactRef Reference, Manifest Manifest, Lineage Lineage)
{
    /// <summary>The sum of its layers in bytes.</summary>
    public long Size => Manifest.Layers.Sum(layer => layer.Size);
}
