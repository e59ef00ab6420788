namespace Unreel.Distributed;

/// <summary>Whether, and since when, this process waits for others in native code, where nothing managed can wake it.</summary>
internal sealed class NativeWaits(TimeProvider time)
{
    private readonly Lock _gate = new();
    private int _number;
    private long _began;

    /// <summary>How long the wait that is in progress has lasted; null where there is none.</summary>
    public TimeSpan? Lasted
    {
        get
        {
            lock (_gate)
                return _number == 0 ? null : time.GetElapsedTime(_began);
        }
    }

    /// <summary>Begins a wait.</summary>
    /// <returns>Ends it when disposed of.</returns>
    public IDisposable Begin()
    {
        lock (_gate)
        {
            if (_number++ == 0)
                _began = time.GetTimestamp();
        }

        return new Wait(this);
    }

    private void End()
    {
        lock (_gate)
            _number--;
    }

    private sealed class Wait(NativeWaits waits) : IDisposable
    {
        public void Dispose() => waits.End();
    }
}
