using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Unreel.Artifacts;

/// <summary>
/// Answers what is in a store without reading every manifest each time. It is never the truth: it can be lost and is made anew, and
/// what another writer did is found at the next look.
/// </summary>
public sealed partial class ArtifactIndex : IDisposable
{
    // Within this time several questions get one answer.
    private static readonly TimeSpan Fresh = TimeSpan.FromSeconds(1);

    private readonly SemaphoreSlim _turn = new(1);
    private readonly CancellationTokenSource _end = new();
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly string _location;
    private readonly IndexReader _reader;
    private Look? _last;
    private int _changes;
    private int _refreshing;

    /// <summary>Makes an index; nothing is read yet.</summary>
    /// <param name="store">The store.</param>
    /// <param name="time">The clock of how old an answer is.</param>
    /// <param name="logger">Where it is told that a stored index is damaged, or cannot be written.</param>
    public ArtifactIndex(IArtifactStore store, TimeProvider time, ILogger<ArtifactIndex>? logger = null)
    {
        (_time, _logger, _location) = (time, logger ?? NullLogger<ArtifactIndex>.Instance, store.Location);
        _reader = new IndexReader(store as IIndexSource ?? new PlainIndexSource(store), store.Location, _logger);
    }

    /// <summary>The store as it is now, or was at most a second ago.</summary>
    public Task<IndexSnapshot> GetAsync(CancellationToken ct) => GetAsync(Fresh, ct);

    /// <summary>
    /// The store as it was at most so long ago. What is older than a second is answered at once and looked at anew meanwhile;
    /// after <see cref="Invalidate"/> every answer waits for a new look.
    /// </summary>
    public async Task<IndexSnapshot> GetAsync(TimeSpan mayBeOld, CancellationToken ct)
    {
        if (Fitting(mayBeOld) is { } known)
        {
            if (Fitting(Fresh) is null && Interlocked.Exchange(ref _refreshing, 1) == 0)
                _ = Task.Run(RefreshAsync, CancellationToken.None);

            return known;
        }

        return await LookAsync(Fresh, ct);
    }

    /// <summary>Forgets how things were, so that the next answer sees what this process has just changed.</summary>
    public void Invalidate() => Interlocked.Increment(ref _changes);

    /// <summary>Reads everything anew and writes the stored index.</summary>
    public async Task<IndexSnapshot> RebuildAsync(CancellationToken ct)
    {
        await _turn.WaitAsync(ct);
        try
        {
            return Keep(await _reader.RebuildAsync(ct), _time.GetTimestamp(), _changes);
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _end.Cancel();
        _end.Dispose();
        _turn.Dispose();
    }

    private sealed record Look(IndexSnapshot Snapshot, long Began, int Changes);

    private IndexSnapshot? Fitting(TimeSpan age) =>
        _last is { } last && last.Changes == Volatile.Read(ref _changes) && _time.GetElapsedTime(last.Began) < age ? last.Snapshot : null;

    private async Task<IndexSnapshot> LookAsync(TimeSpan age, CancellationToken ct)
    {
        (long asked, int askedAt) = (_time.GetTimestamp(), Volatile.Read(ref _changes));
        await _turn.WaitAsync(ct);
        try
        {
            // A look that began after the question answers it, however long it took.
            if (Fitting(age) is { } known)
                return known;
            if (_last is { } last && last.Began >= asked && last.Changes >= askedAt)
                return last.Snapshot;

            (long began, int changes) = (_time.GetTimestamp(), Volatile.Read(ref _changes));
            return Keep(await _reader.LookAsync(ct), began, changes);
        }
        finally
        {
            _turn.Release();
        }
    }

    private IndexSnapshot Keep(IndexSnapshot snapshot, long began, int changes)
    {
        _last = new Look(snapshot, began, changes);
        return snapshot;
    }

    private async Task RefreshAsync()
    {
        try
        {
            await LookAsync(Fresh, _end.Token);
        }
        catch (Exception e) when (e is StoreException or OperationCanceledException or ObjectDisposedException)
        {
            // Whoever asks when the answer has become too old looks again and is told.
            LogNotRefreshed(_location, e.Message);
        }
        finally
        {
            Volatile.Write(ref _refreshing, 0);
        }
    }

    [LoggerMessage(LogLevel.Debug, "The index of {Store} was not refreshed: {Why}")]
    private partial void LogNotRefreshed(string store, string why);
}
