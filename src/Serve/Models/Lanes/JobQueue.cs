namespace Unreel.Serve.Models;

/// <summary>Jobs in the order they came in, taken by the threads of the lanes.</summary>
internal sealed class JobQueue
{
    private readonly object _change = new();
    private readonly LinkedList<InferenceJob> _waiting = [];
    private bool _closed;

    /// <summary>Jobs that wait.</summary>
    public int Count
    {
        get
        {
            lock (_change)
                return _waiting.Count;
        }
    }

    /// <summary>Puts a job at the end.</summary>
    /// <exception cref="ObjectDisposedException">The queue is closed.</exception>
    public void Add(InferenceJob job)
    {
        lock (_change)
        {
            ObjectDisposedException.ThrowIf(_closed, typeof(ServedModel));
            _waiting.AddLast(job);
            Monitor.Pulse(_change);
        }
    }

    /// <summary>Waits for jobs and takes the first, and with it those behind it that <paramref name="batching"/> lets run along.</summary>
    /// <returns>Null once the queue is closed and empty.</returns>
    public InferenceRun? Take(BatchPlan batching)
    {
        lock (_change)
        {
            while (_waiting.Count == 0)
            {
                if (_closed)
                    return null;

                Monitor.Wait(_change);
            }

            InferenceJob[] jobs = [.. _waiting.Take(batching.Fitting(_waiting.Select(job => job.Count)))];
            foreach (InferenceJob _ in jobs)
                _waiting.RemoveFirst();

            return new InferenceRun(jobs);
        }
    }

    /// <summary>Gives up a job, whether it waits or runs.</summary>
    public void Cancel(InferenceJob job)
    {
        InferenceRun? run;
        lock (_change)
        {
            run = job.Run;
            if (run is null)
                _waiting.Remove(job);
        }

        if (run is null)
            job.Cancel();
        else
            run.Leave(job);
    }

    /// <summary>Lets what waits be done and takes no more.</summary>
    public void Close()
    {
        lock (_change)
        {
            _closed = true;
            Monitor.PulseAll(_change);
        }
    }
}
