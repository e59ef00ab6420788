using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;

namespace Unreel.Video.Boxes;

/// <summary>A place of a pool: a thread, and the box it has started last. A box ends with its thread, so the thread is no one else's.</summary>
internal sealed class DecodeLane
{
    private const int Attempts = 3;
    private readonly DecodeOptions _options;
    private readonly BlockingCollection<DecodeJob> _jobs;
    private readonly DecodeTally _tally;
    private readonly Thread _thread;
    private readonly TaskCompletionSource _started = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private DecodeBox? _box;

    public DecodeLane(int number, DecodeOptions options, BlockingCollection<DecodeJob> jobs, DecodeTally tally)
    {
        (_options, _jobs, _tally) = (options, jobs, tally);
        _thread = new Thread(Work) { Name = $"unreel-decode {number}", IsBackground = true };
    }

    /// <summary>Done when the first box has started, or has failed to.</summary>
    public Task Started => _started.Task;

    /// <summary>See <see cref="DecodePool.Unfiltered"/>.</summary>
    public string? Unfiltered { get; private set; }

    /// <summary>The number of the box's process, 0 while there is none.</summary>
    public int ProcessId { get; private set; }

    /// <summary>Whether it has a video in hand.</summary>
    public bool Busy { get; private set; }

    public void Start() => _thread.Start();

    public void Join()
    {
        if (_thread.ThreadState.HasFlag(ThreadState.Unstarted))
            return;

        _thread.Join();
    }

    [SuppressMessage("Design", "CA1031:Do not catch general exception types", Justification = "It is thrown where the pool is started.")]
    private void Work()
    {
        try
        {
            Renew();
            Unfiltered = _box!.Unfiltered;
        }
        catch (Exception problem)
        {
            _started.SetException(problem);
            return;
        }

        _started.SetResult();
        foreach (DecodeJob job in _jobs.GetConsumingEnumerable())
            if (job.Begin())
                Take(job);

        Drop();
    }

    private void Take(DecodeJob job)
    {
        Busy = true;
        _tally.AddVideo();
        if (_jobs.IsAddingCompleted)
            job.Cancel();
        else
            Run(job);
        if (job.Stopped is { } stop)
            _tally.AddStop(stop);
        Busy = false;
        job.Complete();

        // The next video should not wait for what this one has done.
        if (!_jobs.IsAddingCompleted && (_box is not { Usable: true } || _box.Videos >= _options.VideosPerProcess))
            TryRenew();
    }

    [SuppressMessage("Design", "CA1031:Do not catch general exception types", Justification = "It is thrown where the video's task is awaited.")]
    private void Run(DecodeJob job)
    {
        try
        {
            if (_box is not { Usable: true })
                Renew();
            job.Run(_box!);
        }
        catch (Exception problem)
        {
            job.Fail(problem);
        }
    }

    private void TryRenew()
    {
        try
        {
            Renew();
        }
        catch (IOException)
        {
            // The next video tries again, and is told the reason if there is one still.
        }
    }

    private void Renew()
    {
        Drop();
        for (int attempt = 1; _box is null; attempt++)
        {
            try
            {
                _box = DecodeBox.Start(_options);
            }
            catch (IOException problem) when (problem is not FileNotFoundException && attempt < Attempts)
            {
                // Killed before it was ready, as it may be where memory is short. The last attempt's reason counts.
            }
        }

        ProcessId = _box.ProcessId;
        _tally.AddStart();
    }

    private void Drop()
    {
        ProcessId = 0;
        _box?.Dispose();
        _box = null;
    }
}
