using System.Collections.Concurrent;

namespace Unreel.Distributed.Tests;

/// <summary>A clock that runs faster than the world's, and remembers what was waited for.</summary>
internal sealed class HurriedTime(int factor) : TimeProvider
{
    private readonly ConcurrentQueue<TimeSpan> _asked = [];

    /// <summary>How long timers were to wait, in this clock's time.</summary>
    public IReadOnlyCollection<TimeSpan> Asked => _asked;

    public override long TimestampFrequency => base.TimestampFrequency / factor;

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
        new Timer(this, base.CreateTimer(callback, state, Hurry(dueTime), period));

    private TimeSpan Hurry(TimeSpan time)
    {
        _asked.Enqueue(time);
        return time == Timeout.InfiniteTimeSpan ? time : time / factor;
    }

    private sealed class Timer(HurriedTime time, ITimer timer) : ITimer
    {
        public bool Change(TimeSpan dueTime, TimeSpan period) => timer.Change(time.Hurry(dueTime), period);

        public void Dispose() => timer.Dispose();

        public ValueTask DisposeAsync() => timer.DisposeAsync();
    }
}
