namespace TorchSharp;

/// <summary>Counts of tensors by what dispose scopes did with them, for one thread.</summary>
public class ThreadDisposeScopeStatistics
{
    /// <summary>The counts of tensors alone.</summary>
    public LifetimeStatistics TensorStatistics { get; } = new();

    /// <summary>Created while no scope was open.</summary>
    public long CreatedOutsideScopeCount => TensorStatistics.CreatedOutsideScopeCount;

    /// <summary>Disposed while belonging to no scope.</summary>
    public long DisposedOutsideScopeCount => TensorStatistics.DisposedOutsideScopeCount;

    /// <summary>Created while a scope was open.</summary>
    public long CreatedInScopeCount => TensorStatistics.CreatedInScopeCount;

    /// <summary>Disposed while belonging to a scope.</summary>
    public long DisposedInScopeCount => TensorStatistics.DisposedInScopeCount;

    /// <summary>Attached to a scope after their creation.</summary>
    public long AttachedToScopeCount => TensorStatistics.AttachedToScopeCount;

    /// <summary>Detached from all scopes.</summary>
    public long DetachedFromScopeCount => TensorStatistics.DetachedFromScopeCount;

    /// <summary>Created and not yet disposed.</summary>
    public long ThreadTotalLiveCount => TensorStatistics.ThreadTotalLiveCount;

    /// <summary>Sets all counts to zero.</summary>
    public void Reset() => TensorStatistics.Reset();

    /// <inheritdoc/>
    public override string ToString() => TensorStatistics.ToString();
}

/// <summary>Counts of one kind of disposable.</summary>
public class LifetimeStatistics
{
    /// <summary>Created while no scope was open.</summary>
    public long CreatedOutsideScopeCount { get; internal set; }

    /// <summary>Disposed while belonging to no scope.</summary>
    public long DisposedOutsideScopeCount { get; internal set; }

    /// <summary>Created while a scope was open.</summary>
    public long CreatedInScopeCount { get; internal set; }

    /// <summary>Disposed while belonging to a scope.</summary>
    public long DisposedInScopeCount { get; internal set; }

    /// <summary>Attached to a scope after their creation.</summary>
    public long AttachedToScopeCount { get; internal set; }

    /// <summary>Detached from all scopes.</summary>
    public long DetachedFromScopeCount { get; internal set; }

    /// <summary>Created and not yet disposed.</summary>
    public long ThreadTotalLiveCount =>
        CreatedInScopeCount - DisposedInScopeCount + (CreatedOutsideScopeCount - DisposedOutsideScopeCount);

    /// <summary>Sets all counts to zero.</summary>
    public void Reset()
    {
        CreatedOutsideScopeCount = 0;
        DisposedOutsideScopeCount = 0;
        CreatedInScopeCount = 0;
        DisposedInScopeCount = 0;
        AttachedToScopeCount = 0;
        DetachedFromScopeCount = 0;
    }

    /// <inheritdoc/>
    public override string ToString() =>
        $"ThreadTotalLiveCount: {ThreadTotalLiveCount}; CreatedOutsideScopeCount: {CreatedOutsideScopeCount}; " +
        $"DisposedOutsideScopeCount: {DisposedOutsideScopeCount}; CreatedInScopeCount: {CreatedInScopeCount}; " +
        $"DisposedInScopeCount: {DisposedInScopeCount}; AttachedToScopeCount: {AttachedToScopeCount}; " +
        $"DetachedFromScopeCount: {DetachedFromScopeCount}";
}
