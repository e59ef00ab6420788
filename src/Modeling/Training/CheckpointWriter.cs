using System.Runtime.ExceptionServices;

namespace Unreel.Modeling;

/// <summary>
/// Writes checkpoints on a thread of its own, so that training goes on meanwhile. One at a time: who brings the next one too soon
/// waits. A checkpoint that could not be written stops training at the next step.
/// </summary>
internal sealed class CheckpointWriter(CheckpointFiles files) : IDisposable
{
    private Task _writing = Task.CompletedTask;

    /// <summary>Begins to write.</summary>
    /// <param name="snapshot">What is written; nothing of it is shared with the training thread.</param>
    /// <param name="metrics">What must be on the disk before the checkpoint that counts on it.</param>
    public void Begin(CheckpointSnapshot snapshot, MetricsFile metrics)
    {
        Finish();
        metrics.Flush();
        _writing = Task.Factory.StartNew(
            () =>
            {
                metrics.ToDisk();
                files.Write(snapshot);
            },
            CancellationToken.None,
            TaskCreationOptions.LongRunning,
            TaskScheduler.Default);
    }

    /// <summary>Throws what writing threw, if it has ended.</summary>
    public void ThrowIfFailed()
    {
        if (_writing.IsFaulted)
            Throw(_writing.Exception);
    }

    /// <summary>Waits until everything is on the disk.</summary>
    public void Finish()
    {
        ((IAsyncResult)_writing).AsyncWaitHandle.WaitOne();
        ThrowIfFailed();
    }

    /// <summary>Waits without throwing: whoever is here without <see cref="Finish"/> is leaving because of another error.</summary>
    public void Dispose() => ((IAsyncResult)_writing).AsyncWaitHandle.WaitOne();

    private void Throw(AggregateException error)
    {
        _writing = Task.CompletedTask;
        ExceptionDispatchInfo.Throw(error.InnerExceptions[0]);
    }
}
