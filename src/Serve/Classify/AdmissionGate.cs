namespace Unreel.Serve.Classify;

/// <summary>Bounds the work a server takes on: so many requests inside, so many of them working at a time.</summary>
/// <param name="slots">How many work at a time.</param>
/// <param name="queue">How many more may be inside, uploading or waiting.</param>
public sealed class AdmissionGate(int slots, int queue) : IDisposable
{
    private readonly SemaphoreSlim _slots = new(slots);
    private int _inside;

    /// <summary>The most requests inside.</summary>
    public int Capacity { get; } = slots + queue;

    /// <summary>Requests inside now.</summary>
    public int Inside => Volatile.Read(ref _inside);

    /// <summary>Admits a request, or returns null where the server is full. Dispose to leave.</summary>
    public IDisposable? TryEnter()
    {
        if (Interlocked.Increment(ref _inside) <= Capacity)
            return new Leaving(() => Interlocked.Decrement(ref _inside));

        Interlocked.Decrement(ref _inside);
        return null;
    }

    /// <summary>Waits for a place to work. Dispose to make room.</summary>
    public async Task<IDisposable> WorkAsync(CancellationToken ct)
    {
        await _slots.WaitAsync(ct);
        return new Leaving(() => _slots.Release());
    }

    /// <inheritdoc/>
    public void Dispose() => _slots.Dispose();

    private sealed class Leaving(Action leave) : IDisposable
    {
        private Action? _leave = leave;

        public void Dispose() => Interlocked.Exchange(ref _leave, null)?.Invoke();
    }
}
