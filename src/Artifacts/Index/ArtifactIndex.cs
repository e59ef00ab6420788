namespace Unreel.Artifacts;

/// <summary>
/// Answers what is in a store without reading every manifest each time. It is never the truth: it can be lost and is made anew, and
/// what another writer did is found at the next look.
/// </summary>
/// <param name="store">The store.</param>
/// <param name="time">The clock of how old an answer is.</param>
public sealed class ArtifactIndex(IArtifactStore store, TimeProvider time) : IDisposable
{
    // Within this time several questions get one answer.
    private static readonly TimeSpan Fresh = TimeSpan.FromSeconds(1);

    private readonly SemaphoreSlim _turn = new(1);
    private IndexSnapshot? _last;
    private long _looked;

    /// <summary>The store as it is now, or was at most a second ago.</summary>
    public async Task<IndexSnapshot> GetAsync(CancellationToken ct)
    {
        await _turn.WaitAsync(ct);
        try
        {
            if (_last is not null && time.GetElapsedTime(_looked) < Fresh)
                return _last;

            _last = await ReadAsync(ct);
            _looked = time.GetTimestamp();
            return _last;
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <summary>Forgets what is known, so that the next answer sees what this process has just changed.</summary>
    public void Invalidate() => _looked = 0;

    /// <summary>Reads everything anew and writes the stored index.</summary>
    public async Task<IndexSnapshot> RebuildAsync(CancellationToken ct)
    {
        Invalidate();
        return await GetAsync(ct);
    }

    /// <inheritdoc/>
    public void Dispose() => _turn.Dispose();

    private async Task<IndexSnapshot> ReadAsync(CancellationToken ct)
    {
        List<IndexEntry> entries = await store.ListAsync(null, ct).Select(EntryOf).ToListAsync(ct);
        List<Tag> tags = await store.ListTagsAsync(null, ct).ToListAsync(ct);
        string all = string.Join('\n', entries.Select(entry => entry.Reference.ToString()).Concat(tags.Select(tag => $"{tag.Kind}/{tag.Name}:{tag.Value} {tag.Target}")));
        return new IndexSnapshot(entries, tags, Digest.Of(System.Text.Encoding.UTF8.GetBytes(all)).Hex[..16]);
    }

    private static IndexEntry EntryOf(Artifact artifact) => new()
    {
        Reference = artifact.Reference,
        Made = DateTimeOffset.MinValue,
        Stage = artifact.Lineage.Stage,
        Size = artifact.Size,
        Files = artifact.Manifest.Layers.Count,
        Inputs = artifact.Lineage.Inputs,
        Metrics = artifact.Lineage.Metrics,
        Key = artifact.Lineage.Key,
    };
}
