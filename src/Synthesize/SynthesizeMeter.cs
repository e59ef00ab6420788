using System.Diagnostics;
using Unreel.Pipelines;

namespace Unreel.Synthesize;

/// <summary>Measures how a source draws, again and again the same clips: 16 frames at stride 4 of each of its first videos.</summary>
internal sealed class SynthesizeMeter : IDisposable
{
    /// <summary>The frames of a clip, and from one to the next.</summary>
    public const int Frames = 16, Stride = 4;

    /// <summary>The videos that clips are taken of; a round draws one clip of each.</summary>
    public const int Videos = 32;

    /// <summary>Workers beyond the first, of which the memory is measured.</summary>
    public const int ExtraWorkers = 4;

    private const int FewestRounds = 3;

    private static readonly int[] Numbers = [.. Enumerable.Range(0, Frames).Select(frame => frame * Stride)];

    private readonly SynthesisSource _source;
    private readonly SynthesizeBenchScale _scale;
    private readonly CancellationToken _ct;
    private readonly Worker _first;

    /// <summary>Warms up.</summary>
    /// <param name="source">What draws; disposed with this.</param>
    /// <param name="scale">How long.</param>
    /// <param name="ct">Cancels between clips.</param>
    public SynthesizeMeter(SynthesisSource source, SynthesizeBenchScale scale, CancellationToken ct)
    {
        (_source, _scale, _ct) = (source, scale, ct);
        _first = new Worker(source);
        for (int clip = 0; clip < scale.WarmUp; clip += Videos)
            Seconds(_first);
    }

    /// <summary>
    /// The time of a clip in milliseconds: each video's median over rounds, then the mean over the videos. A clip is shorter
    /// than what another program on a busy machine takes at once, so most are timed undisturbed.
    /// </summary>
    public double MillisecondsAClip()
    {
        List<double>[] times = [.. Enumerable.Range(0, Videos).Select(_ => new List<double>())];
        Repeat(() =>
        {
            for (int video = 0; video < Videos; video++)
                times[video].Add(Seconds(_first, video) * 1000);
        });
        return times.Average(Median.Of);
    }

    /// <summary>Clips a second of two threads over those of one: the median over pairs of rounds.</summary>
    public double Scaling()
    {
        Worker second = new(_source);
        Together([_first, second]);
        List<double> ratios = [];
        Repeat(() =>
        {
            double alone = Seconds(_first);
            ratios.Add(2 * alone / Together([_first, second]));
        });
        return Median.Of(ratios);
    }

    /// <summary>What a worker beyond the first takes, its clip's pixels included, in 10^6 bytes: the process' resident memory, or the managed heap where that grew more.</summary>
    public double MegabytesAWorker()
    {
        (long heap, long resident) = Memory();
        Worker[] workers = [_first, .. Enumerable.Range(0, ExtraWorkers).Select(_ => new Worker(_source))];

        // At the same time, so that none can borrow what another has put back.
        Together(workers);
        (long heapAfter, long residentAfter) = Memory();
        GC.KeepAlive(workers);

        // What others in the process, or the system, took back meanwhile is not the workers' doing: none takes less than nothing.
        return Math.Max(0, Math.Max(heapAfter - heap, residentAfter - resident)) / 1e6 / ExtraWorkers;
    }

    /// <summary>Managed bytes allocated a frame.</summary>
    public double AllocatedAFrame()
    {
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int video = 0; video < Videos; video++)
            _first.Draw(video);

        return (GC.GetAllocatedBytesForCurrentThread() - before) / (double)(Videos * Frames);
    }

    /// <inheritdoc/>
    public void Dispose() => _source.Dispose();

    private void Repeat(Action round)
    {
        long start = Stopwatch.GetTimestamp();
        for (int rounds = 0; rounds < FewestRounds || Stopwatch.GetElapsedTime(start) < _scale.Duration; rounds++)
            round();
    }

    private double Seconds(Worker worker)
    {
        double seconds = 0;
        for (int video = 0; video < Videos; video++)
            seconds += Seconds(worker, video);

        return seconds;
    }

    private double Seconds(Worker worker, int video)
    {
        _ct.ThrowIfCancellationRequested();
        long start = Stopwatch.GetTimestamp();
        worker.Draw(video);
        return Stopwatch.GetElapsedTime(start).TotalSeconds;
    }

    // A round of each; the seconds from the first's beginning to the last's end.
    private double Together(Worker[] workers)
    {
        long start = Stopwatch.GetTimestamp();
        Task[] tasks = [.. workers.Select(worker => Task.Factory.StartNew(() => Seconds(worker), _ct, TaskCreationOptions.LongRunning, TaskScheduler.Default))];
        Task.WhenAll(tasks).GetAwaiter().GetResult();
        return Stopwatch.GetElapsedTime(start).TotalSeconds;
    }

    private static (long Heap, long Resident) Memory()
    {
        GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
        GC.WaitForPendingFinalizers();
        GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
        return (GC.GetTotalMemory(forceFullCollection: true), Environment.WorkingSet);
    }

    // What one thread needs beside the source.
    private sealed class Worker(SynthesisSource source)
    {
        private readonly byte[] _pixels = new byte[Frames * source.Size.Width * source.Size.Height * 3];

        public void Draw(int video) => source.Render(video, Numbers, _pixels);
    }
}
