using Unreel.Artifacts;

namespace Unreel.Pipelines.Tests;

/// <summary>A store that cannot move tags, as if the process died just before.</summary>
public sealed class FailingStore(IArtifactStore inner) : IArtifactStore
{
    /// <summary>How many more times moving a tag fails by losing to another writer; null: it throws.</summary>
    public int? LostRaces { get; set; }

    /// <summary>Called with the path of each record that is looked for; what it returns true for is not found.</summary>
    public Func<string, Task<bool>> Hides { get; set; } = _ => Task.FromResult(false);

    /// <summary>What is thrown where a run's record is to be kept; null for nothing.</summary>
    public Exception? RecordError { get; set; }

    /// <summary>What is thrown where a finished artifact is to be published again; null for nothing.</summary>
    public Exception? PutError { get; set; }

    public string Location => inner.Location;

    public Task<Descriptor> AddFileAsync(string file, string mediaType, string title, CancellationToken ct) => inner.AddFileAsync(file, mediaType, title, ct);

    public Task<Descriptor> AddBytesAsync(ReadOnlyMemory<byte> bytes, string mediaType, string? title, CancellationToken ct) => inner.AddBytesAsync(bytes, mediaType, title, ct);

    public Task<ArtifactRef> PublishAsync(ArtifactKind kind, string name, Lineage lineage, IReadOnlyList<Descriptor> layers, CancellationToken ct) => inner.PublishAsync(kind, name, lineage, layers, ct);

    public Task RecordRunAsync(ArtifactRef artifact, RunRecord run, CancellationToken ct) => inner.RecordRunAsync(artifact, run, ct);

    public Task<IReadOnlyList<RunRecord>> RunsAsync(ArtifactRef artifact, CancellationToken ct) => inner.RunsAsync(artifact, ct);

    public Task<ArtifactRef?> FindAsync(ArtifactReference reference, CancellationToken ct) => inner.FindAsync(reference, ct);

    public Task<Artifact> ReadAsync(ArtifactRef artifact, CancellationToken ct) => inner.ReadAsync(artifact, ct);

    public Task<Stream> OpenAsync(Descriptor blob, CancellationToken ct) => inner.OpenAsync(blob, ct);

    public Task<Stream> OpenPartAsync(Descriptor blob, long offset, long count, CancellationToken ct) => inner.OpenPartAsync(blob, offset, count, ct);

    public string? LocalFile(Digest blob) => inner.LocalFile(blob);

    public Task<long?> SizeAsync(Digest blob, CancellationToken ct) => inner.SizeAsync(blob, ct);

    public Task<StoredManifest?> ReadManifestAsync(Digest manifest, CancellationToken ct) => inner.ReadManifestAsync(manifest, ct);

    public Task AddBlobAsync(Descriptor blob, string from, Func<CancellationToken, Task<Stream>> open, CancellationToken ct) => inner.AddBlobAsync(blob, from, open, ct);

    public Task<StoredManifest> PutManifestAsync(ReadOnlyMemory<byte> manifest, CancellationToken ct) =>
        PutError is null ? inner.PutManifestAsync(manifest, ct) : Task.FromException<StoredManifest>(PutError);

    public Task<IReadOnlyList<string>> VerifyAsync(ArtifactRef artifact, bool deep, CancellationToken ct) => inner.VerifyAsync(artifact, deep, ct);

    public Task<Tag?> ReadTagAsync(ArtifactKind kind, string name, string tag, CancellationToken ct) => inner.ReadTagAsync(kind, name, tag, ct);

    public async Task<bool> TryMoveTagAsync(ArtifactKind kind, string name, string tag, Digest target, Tag? expected, CancellationToken ct)
    {
        if (LostRaces is null)
            throw new StoreException("the process died");
        return LostRaces-- <= 0 && await inner.TryMoveTagAsync(kind, name, tag, target, expected, ct);
    }

    public Task<bool> TryRemoveTagAsync(Tag tag, CancellationToken ct) => inner.TryRemoveTagAsync(tag, ct);

    public Task RemoveAsync(ArtifactRef artifact, CancellationToken ct) => inner.RemoveAsync(artifact, ct);

    public Task<Referrer> AttachAsync(ArtifactRef subject, string artifactType, IReadOnlyList<Descriptor> layers, CancellationToken ct) => inner.AttachAsync(subject, artifactType, layers, ct);

    public IAsyncEnumerable<Referrer> ListReferrersAsync(Digest subject, CancellationToken ct) => inner.ListReferrersAsync(subject, ct);

    public Task<PipelineRunRef> RecordPipelineRunAsync(PipelineRun run, IReadOnlyList<Descriptor> logs, CancellationToken ct) =>
        RecordError is null ? inner.RecordPipelineRunAsync(run, logs, ct) : Task.FromException<PipelineRunRef>(RecordError);

    public Task<IReadOnlyList<PipelineRunRef>> ListPipelineRunsAsync(CancellationToken ct) => inner.ListPipelineRunsAsync(ct);

    public Task<StoredPipelineRun?> ReadPipelineRunAsync(Digest run, CancellationToken ct) => inner.ReadPipelineRunAsync(run, ct);

    public IAsyncEnumerable<Tag> ListTagsAsync(ArtifactKind? kind, CancellationToken ct) => inner.ListTagsAsync(kind, ct);

    public IAsyncEnumerable<ArtifactRef> ListReferencesAsync(ArtifactKind? kind, CancellationToken ct) => inner.ListReferencesAsync(kind, ct);

    public IAsyncEnumerable<Artifact> ListAsync(ArtifactKind? kind, CancellationToken ct) => inner.ListAsync(kind, ct);

    public async Task<byte[]?> ReadRecordAsync(string path, CancellationToken ct) => await Hides(path) ? null : await inner.ReadRecordAsync(path, ct);

    public Task WriteRecordAsync(string path, ReadOnlyMemory<byte> bytes, CancellationToken ct) => inner.WriteRecordAsync(path, bytes, ct);
}
