using Unreel.Onnx;

namespace Unreel.Serve.Models;

/// <summary>Clips of one request that wait for the model, or are with it.</summary>
/// <param name="pixels">uint8 RGB, [<paramref name="count"/>, frames, row, column, 3]; read until <see cref="Done"/> ends.</param>
/// <param name="count">Clips.</param>
/// <param name="asked">When they were asked for.</param>
/// <param name="ct">Whoever asked gives up.</param>
internal sealed class InferenceJob(ReadOnlyMemory<byte> pixels, int count, long asked, CancellationToken ct)
{
    /// <summary>The clips.</summary>
    public ReadOnlyMemory<byte> Pixels { get; } = pixels;

    /// <summary>How many they are.</summary>
    public int Count { get; } = count;

    /// <summary>When they were asked for.</summary>
    public long Asked { get; } = asked;

    /// <summary>Ends with the answer; never on the lane's own thread.</summary>
    public TaskCompletionSource<InferenceResult> Done { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>The run it takes part in; null while it waits.</summary>
    public InferenceRun? Run { get; set; }

    /// <summary>Tells whoever asked that it was given up.</summary>
    public void Cancel() => Done.TrySetCanceled(ct);
}

/// <summary>Jobs that go through the model together.</summary>
internal sealed class InferenceRun : IDisposable
{
    private readonly CancellationTokenSource _stop = new();
    private readonly Lock _change = new();
    private readonly List<InferenceJob> _left = [];
    private int _wanted;
    private bool _gathered;
    private bool _over;

    /// <summary>Makes a run of at least one job.</summary>
    public InferenceRun(IReadOnlyList<InferenceJob> jobs)
    {
        (Jobs, _wanted) = (jobs, jobs.Count);
        foreach (InferenceJob job in jobs)
            job.Run = this;
    }

    /// <summary>The jobs.</summary>
    public IReadOnlyList<InferenceJob> Jobs { get; }

    /// <summary>Their clips.</summary>
    public int Count => Jobs.Sum(job => job.Count);

    /// <summary>Stops the run once nobody wants its answer.</summary>
    public CancellationToken Stop => _stop.Token;

    /// <summary>One of the jobs is no longer wanted.</summary>
    public void Leave(InferenceJob job)
    {
        lock (_change)
        {
            // Until a copy is made the model reads the request's own memory, which is the request's again only when nobody reads it.
            if (_gathered)
                job.Cancel();
            else
                _left.Add(job);
            if (--_wanted == 0 && !_over)
                _stop.Cancel();
        }
    }

    /// <summary>The clips of all jobs were copied: those that are no longer wanted need not wait for the run's end.</summary>
    public void Gathered()
    {
        lock (_change)
        {
            _gathered = true;
            _left.ForEach(job => job.Cancel());
        }
    }

    /// <summary>Gives each job its rows.</summary>
    public void Answer(Predictions all, Func<InferenceJob, TimeSpan> queued, TimeSpan computed)
    {
        int first = 0;
        foreach (InferenceJob job in Jobs)
        {
            job.Done.TrySetResult(new InferenceResult(all.Part(first, job.Count), queued(job), computed, all.Count));
            first += job.Count;
        }
    }

    /// <summary>Tells each job what went wrong.</summary>
    public void Fail(Exception problem)
    {
        foreach (InferenceJob job in Jobs)
        {
            if (problem is OperationCanceledException && Stop.IsCancellationRequested)
                job.Cancel();
            else
                job.Done.TrySetException(problem);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        lock (_change)
            _over = true;

        _stop.Dispose();
    }
}
