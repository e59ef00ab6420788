namespace Unreel.Testing;

/// <summary>
/// A clock that moves only when told, or, for the timers that <see cref="FiresAtOnce"/> chooses, jumps to their end as soon as they are
/// started: so a test of waits takes no time and still learns how long each would have been.
/// </summary>
public sealed class FakeTimeProvider : TimeProvider
{
    private readonly Lock _lock = new();
    private readonly List<FakeTimer> _timers = [];
    private DateTimeOffset _now = new(2024, 1, 1, 0, 0, 0, TimeSpan.Zero);

    /// <summary>Chooses, by their length, the timers that end at once. Default none.</summary>
    public Func<TimeSpan, bool> FiresAtOnce { get; set; } = _ => false;

    /// <summary>The lengths of the timers that ended at once, in order.</summary>
    public List<TimeSpan> Jumps { get; } = [];

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override DateTimeOffset GetUtcNow()
    {
        lock (_lock)
            return _now;
    }

    public override long GetTimestamp() => GetUtcNow().Ticks;

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        FakeTimer timer = new(this, () => callback(state));
        timer.Change(dueTime, period);
        return timer;
    }

    /// <summary>Moves the clock on, ending the timers that are due by then.</summary>
    public void Advance(TimeSpan by)
    {
        FakeTimer[] due;
        lock (_lock)
        {
            _now += by;
            due = [.. _timers.Where(timer => timer.Due <= _now)];
            _timers.RemoveAll(due.Contains);
        }

        foreach (FakeTimer timer in due)
            timer.Fire();
    }

    private void Start(FakeTimer timer, TimeSpan dueTime)
    {
        bool atOnce = dueTime != Timeout.InfiniteTimeSpan && FiresAtOnce(dueTime);
        lock (_lock)
        {
            _timers.Remove(timer);
            if (dueTime == Timeout.InfiniteTimeSpan)
                return;

            timer.Due = _now + dueTime;
            _timers.Add(timer);
            if (atOnce)
                Jumps.Add(dueTime);
        }

        // On another thread: whoever starts a timer does not expect it to end before it has it in hand.
        if (atOnce)
            ThreadPool.QueueUserWorkItem(_ => Advance(dueTime));
    }

    private void Stop(FakeTimer timer)
    {
        lock (_lock)
            _timers.Remove(timer);
    }

    private sealed class FakeTimer(FakeTimeProvider owner, Action fire) : ITimer
    {
        public DateTimeOffset Due { get; set; }

        public void Fire() => fire();

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            if (period != Timeout.InfiniteTimeSpan && period != TimeSpan.Zero)
                throw new NotSupportedException("This clock has no repeating timers.");

            owner.Start(this, dueTime);
            return true;
        }

        public void Dispose() => owner.Stop(this);

        public ValueTask DisposeAsync()
        {
            Dispose();
            return default;
        }
    }
}
