namespace Unreel.Modeling;

/// <summary>Tells how fast training goes.</summary>
internal sealed class TrainingClock(TrainingPlan plan, long first, TimeProvider time)
{
    private readonly long _started = time.GetTimestamp();
    private long _saved = time.GetTimestamp();
    private TimeSpan _elapsed;
    private TimeSpan _waited;
    private long _done;

    /// <summary>Clips a second since this process began.</summary>
    public double ClipsPerSecond => _elapsed > TimeSpan.Zero ? _done * plan.BatchSize / _elapsed.TotalSeconds : 0;

    /// <summary>Share of the time spent waiting for data.</summary>
    public double Waiting => _elapsed > TimeSpan.Zero ? Math.Min(1, _waited / _elapsed) : 0;

    /// <summary>Time since the last checkpoint.</summary>
    public TimeSpan SinceCheckpoint => time.GetElapsedTime(_saved);

    /// <summary>Notes a checkpoint.</summary>
    public void Saved() => _saved = time.GetTimestamp();

    /// <summary>Notes a step.</summary>
    public TrainingProgress Tick(StepMetrics step, TimeSpan waited)
    {
        (_done, _elapsed, _waited) = (step.Step + 1 - first, time.GetElapsedTime(_started), waited);
        TimeSpan left = _elapsed / _done * (plan.Steps - step.Step - 1);
        return new TrainingProgress(step.Step + 1, plan.Steps, step.Loss, step.Lr, ClipsPerSecond, Waiting, left) { Parts = step.Parts };
    }
}
