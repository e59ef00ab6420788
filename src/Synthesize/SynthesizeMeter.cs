using System.Diagnostics;
using Unreel.Synthesize.Textures;

namespace Unreel.Synthesize;

/// <summary>Measures the drawing of one recipe, again and again the same clips: 16 frames at stride 4 of each of its videos.</summary>
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

    private readonly SynthesisRecipe _recipe;
    private readonly NoisePools _pools;
    private readonly SynthesizeBenchScale _scale;
    private readonly CancellationToken _ct;
    private readonly Worker _first;

    /// <summary>Opens the recipe and warms up.</summary>
    public SynthesizeMeter(SynthesisRecipe recipe, NoisePools pools, SynthesizeBenchScale scale, CancellationToken ct)
    {
        (_recipe, _pools, _scale, _ct) = (recipe, pools, scale, ct);
        _first = new Worker(recipe, pools);
        for (int clip = 0; clip < scale.WarmUp; clip += Videos)
            Seconds(_first);
    }

    /// <summary>The median time of a clip over rounds, in milliseconds.</summary>
    public double MillisecondsAClip() => Median(() => Seconds(_first) * 1000 / Videos);

    /// <summary>Clips a second of two threads over those of one: the median over pairs of rounds.</summary>
    public double Scaling()
    {
        using Worker second = new(_recipe, _pools);
        Seconds(second);
        return Median(() =>
        {
            double alone = Seconds(_first);
            return 2 * alone / SecondsTogether(_first, second);
        });
    }

    /// <summary>What a worker beyond the first takes, its clip's pixels included, in 10^6 bytes: the process' resident memory, or the managed heap where that grew more.</summary>
    public double MegabytesAWorker()
    {
        (long heap, long resident) = Memory();
        Worker[] more = [.. Enumerable.Range(0, ExtraWorkers).Select(_ => new Worker(_recipe, _pools))];
        foreach (Worker worker in more)
            Seconds(worker);

        (long heapAfter, long residentAfter) = Memory();
        foreach (Worker worker in more)
            worker.Dispose();

        return Math.Max(heapAfter - heap, residentAfter - resident) / 1e6 / ExtraWorkers;
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
    public void Dispose() => _first.Dispose();

    private double Median(Func<double> measure)
    {
        List<double> values = [];
        long start = Stopwatch.GetTimestamp();
        while (values.Count < FewestRounds || Stopwatch.GetElapsedTime(start) < _scale.Duration)
            values.Add(measure());

        values.Sort();
        return (values[(values.Count - 1) / 2] + values[values.Count / 2]) / 2;
    }

    private double Seconds(Worker worker)
    {
        long start = Stopwatch.GetTimestamp();
        for (int video = 0; video < Videos; video++)
        {
            _ct.ThrowIfCancellationRequested();
            worker.Draw(video);
        }

        return Stopwatch.GetElapsedTime(start).TotalSeconds;
    }

    private double SecondsTogether(Worker first, Worker second)
    {
        long start = Stopwatch.GetTimestamp();
        Task other = Task.Factory.StartNew(() => Seconds(second), _ct, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        Seconds(first);
        other.Wait(CancellationToken.None);
        return Stopwatch.GetElapsedTime(start).TotalSeconds;
    }

    private static (long Heap, long Resident) Memory()
    {
        GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
        GC.WaitForPendingFinalizers();
        GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
        return (GC.GetTotalMemory(forceFullCollection: true), Environment.WorkingSet);
    }

    // A source of its own each, so that one does not borrow what another has just put back.
    private sealed class Worker(SynthesisRecipe recipe, NoisePools pools) : IDisposable
    {
        private readonly SynthesisSource _source = new(recipe, pools.For(recipe));
        private readonly byte[] _pixels = new byte[Frames * Size(recipe) * Size(recipe) * 3];

        public void Draw(int video) => _source.Render(video, Numbers, _pixels);

        public void Dispose() => _source.Dispose();

        private static int Size(SynthesisRecipe recipe) => recipe.Videos!.Size;
    }
}
