namespace Unreel.Pipelines;

/// <summary>Lets through the first report of an activity, then one an interval, and the last.</summary>
internal sealed class ProgressGate(TimeSpan interval, TimeProvider time)
{
    private StageProgress? _held;
    private string? _activity;
    private long _shown;

    /// <summary>Whether this report is to be shown; if not it is kept, in case it is the last.</summary>
    public bool Passes(StageProgress progress)
    {
        bool isLast = progress.Total > 0 && progress.Done >= progress.Total;
        if (progress.Activity == _activity && !isLast && time.GetElapsedTime(_shown) < interval)
        {
            _held = progress;
            return false;
        }

        (_activity, _shown, _held) = (progress.Activity, time.GetTimestamp(), null);
        return true;
    }

    /// <summary>The last report if it was not shown, once.</summary>
    public StageProgress? TakeHeld()
    {
        StageProgress? held = _held;
        _held = null;
        return held;
    }
}
