namespace Unreel.Serve.Admission;

/// <summary>The places that requests wait for.</summary>
/// <param name="decoders">Videos decoded at a time, at least 1.</param>
/// <param name="atWork">Videos in work at a time, at least 1.</param>
/// <param name="clock">Tells times.</param>
internal sealed class AdmissionPlaces(int decoders, int atWork, TimeProvider clock) : IDisposable
{
    // Long enough for whoever comes as another leaves, too short to fill the server with those that wait.
    private static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(250);

    // A timeline may keep its decoder for an hour: clips always have one that no timeline can take.
    private readonly SemaphoreSlim _timelines = new(Math.Max(1, decoders - 1));

    /// <summary>Decoders.</summary>
    public SemaphoreSlim Decoders { get; } = new(decoders);

    /// <summary>Places to work, from the beginning of decoding to the end of inference; timelines take none.</summary>
    public SemaphoreSlim Work { get; } = new(atWork);

    /// <summary>Whether timelines take their decoders from those of clips; where there is one only, they have one of their own.</summary>
    public bool SharesDecoders { get; } = decoders > 1;

    /// <summary>Takes a place for a timeline, or none where none is free within a moment.</summary>
    public async Task<bool> TryTimelineAsync(CancellationToken ct)
    {
        if (_timelines.Wait(0, CancellationToken.None))
            return true;

        using CancellationTokenSource late = new(Patience, clock);
        using CancellationTokenSource either = CancellationTokenSource.CreateLinkedTokenSource(ct, late.Token);
        try
        {
            await _timelines.WaitAsync(either.Token);
            return true;
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested)
        {
            return false;
        }
    }

    /// <summary>Gives back what <see cref="TryTimelineAsync"/> took.</summary>
    public void LeaveTimeline() => _timelines.Release();

    /// <inheritdoc/>
    public void Dispose()
    {
        _timelines.Dispose();
        Decoders.Dispose();
        Work.Dispose();
    }
}
