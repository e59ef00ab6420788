using System.Collections.Concurrent;

namespace Unreel.Video.Boxes;

/// <summary>
/// Processes that decode videos nobody vouches for, kept warm. Each has a thread of this process that starts it, gives it one video
/// at a time and looks at the frames where the process put them; no other thread waits. A video that crashes its process, or takes
/// more than it may, fails alone: another process takes the place.
/// </summary>
public sealed class DecodePool : IDisposable
{
    private readonly BlockingCollection<DecodeJob> _jobs = [];
    private readonly CancellationTokenSource _closing = new();
    private readonly DecodeLane[] _lanes;
    private readonly DecodeTally _tally = new();
    private readonly Lock _gate = new();
    private bool _disposed;

    private DecodePool(DecodeOptions options)
    {
        Options = options;
        _lanes = [.. Enumerable.Range(0, options.Count).Select(number => new DecodeLane(number, options, _jobs, _tally))];
    }

    /// <summary>How it was made.</summary>
    public DecodeOptions Options { get; }

    /// <summary>Why the system does not filter what the processes ask of it; null where it does, as it should.</summary>
    public string? Unfiltered => _lanes[0].Unfiltered;

    /// <summary>What it is doing and has done.</summary>
    public DecodeCounts Counts => _tally.Count(_lanes);

    /// <summary>The numbers of its processes.</summary>
    public IReadOnlyList<int> Processes => [.. _lanes.Select(lane => lane.ProcessId).Where(id => id != 0)];

    /// <summary>Starts all processes.</summary>
    /// <exception cref="FileNotFoundException">The program that decodes is not there.</exception>
    /// <exception cref="IOException">It does not start.</exception>
    public static DecodePool Start(DecodeOptions options)
    {
        options.Check();
        var pool = new DecodePool(options);
        try
        {
            foreach (DecodeLane lane in pool._lanes)
                lane.Start();
            foreach (DecodeLane lane in pool._lanes)
                lane.Started.GetAwaiter().GetResult();

            return pool;
        }
        catch
        {
            pool.Dispose();
            throw;
        }
    }

    /// <summary>Reads a file. Any number may be asked for at a time; they take turns in the order they came.</summary>
    /// <param name="path">The file.</param>
    /// <param name="read">Takes out of the open video what is wanted, e.g. <see cref="ClipPreparation.Read(IFrameReader, CancellationToken)"/>; runs on a thread of the pool, which it may block.</param>
    /// <param name="ct">Cancels; a process at work on it is ended.</param>
    /// <exception cref="VideoException">It is no video that can be read; the message begins with <paramref name="path"/>.</exception>
    public Task<T> ReadAsync<T>(string path, Func<IFrameReader, CancellationToken, T> read, CancellationToken ct) =>
        Add(() => VideoBytes.Of(path), path, read, ct);

    /// <summary>Reads a stream from its present position; it stays the caller's and must stay open until the task is done.</summary>
    /// <param name="video">The bytes of the video; those of a file are given to the process as they lie, others are copied.</param>
    /// <param name="name">What messages call it.</param>
    /// <param name="read">Takes out of the open video what is wanted; runs on a thread of the pool, which it may block.</param>
    /// <param name="ct">Cancels; a process at work on it is ended.</param>
    /// <exception cref="VideoException">It is no video that can be read.</exception>
    public Task<T> ReadAsync<T>(Stream video, string name, Func<IFrameReader, CancellationToken, T> read, CancellationToken ct) =>
        Add(() => VideoBytes.Of(video, name), name, read, ct);

    /// <summary>Ends all processes; what they have in hand is cancelled.</summary>
    public void Dispose()
    {
        lock (_gate)
        {
            if (_disposed)
                return;

            _disposed = true;
            _jobs.CompleteAdding();
        }

        _closing.Cancel();
        foreach (DecodeLane lane in _lanes)
            lane.Join();
        _jobs.Dispose();
        _closing.Dispose();
    }

    private Task<T> Add<T>(Func<VideoBytes> open, string name, Func<IFrameReader, CancellationToken, T> read, CancellationToken ct)
    {
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            if (ct.IsCancellationRequested)
                return Task.FromCanceled<T>(ct);

            DecodeJob<T> job = new(open, name, read, _tally, ct, _closing.Token);
            _jobs.Add(job, CancellationToken.None);
            return job.Task;
        }
    }
}
