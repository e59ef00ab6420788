using System.Threading.Channels;
using Unreel.Serve.Models;
using Unreel.Video;

namespace Unreel.Serve.Scoring;

/// <summary>Threads that run the model, one clip each at a time; a model blocks the thread that calls it.</summary>
internal sealed class InferenceLanes : IAsyncDisposable
{
    private readonly Channel<Job> _jobs = Channel.CreateUnbounded<Job>();
    private readonly IClipClassifier _model;
    private readonly Task[] _lanes;

    /// <summary>Starts threads.</summary>
    /// <param name="model">The model.</param>
    /// <param name="count">How many run at a time, at least 1.</param>
    public InferenceLanes(IClipClassifier model, int count)
    {
        _model = model;
        _lanes = [.. Enumerable.Range(0, count).Select(_ => Task.Factory.StartNew(Work, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default))];
    }

    /// <summary>Runs the model on the views of one video when a thread is free.</summary>
    /// <returns>The classes' probabilities, averaged over the views.</returns>
    /// <exception cref="Pipelines.UsageException">The run failed, or gave what is no number.</exception>
    public Task<float[]> RunAsync(ViewSet views, CancellationToken ct)
    {
        Job job = new(views, new TaskCompletionSource<float[]>(TaskCreationOptions.RunContinuationsAsynchronously), ct);
        if (!_jobs.Writer.TryWrite(job))
            job.Answer.SetCanceled(ct);
        return job.Answer.Task;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        _jobs.Writer.TryComplete();
        await Task.WhenAll(_lanes);
    }

    private void Work()
    {
        while (_jobs.Reader.WaitToReadAsync().AsTask().GetAwaiter().GetResult())
        {
            while (_jobs.Reader.TryRead(out Job? job))
                Run(job);
        }
    }

    private void Run(Job job)
    {
        try
        {
            job.Ct.ThrowIfCancellationRequested();
            job.Answer.SetResult(ViewAverage.Of(_model.Run(job.Views.Pixels, job.Views.Views, job.Ct)).Probabilities);
        }
#pragma warning disable CA1031 // Whatever it is belongs to the one who waits for the answer.
        catch (Exception problem)
#pragma warning restore CA1031
        {
            job.Answer.SetException(problem);
        }
    }

    private sealed record Job(ViewSet Views, TaskCompletionSource<float[]> Answer, CancellationToken Ct);
}
