using System.Globalization;
using Unreel.Pipelines;

namespace Unreel.Serve.Models;

/// <summary>Finds out how many clips of several requests should run together.</summary>
internal static class BatchMeter
{
    /// <summary>A larger batch is taken where it does so many times the clips a second of the one before.</summary>
    public const double LeastGain = 1.1;

    private const int Largest = 64, Runs = 3;

    // The native library has no code of its own for want of memory: so say its arena, CUDA, and cuDNN and cuBLAS.
    private static readonly string[] NoMemory = ["failed to allocate", "out of memory", "ALLOC_FAILED"];

    /// <summary>Plans the batches of a model that nobody uses yet; the sizes that are planned are warm afterwards.</summary>
    /// <param name="model">The model.</param>
    /// <param name="batching"><c>auto</c>, <c>off</c>, or the most clips of a batch.</param>
    /// <param name="noMemory">Told of a size that the device has no memory for, and why.</param>
    /// <param name="ct">Cancels.</param>
    /// <exception cref="UsageException">A run failed; where sizes are tried, for another reason than want of memory.</exception>
    public static async Task<BatchPlan> PlanAsync(ServedModel model, string batching, Action<int, string> noMemory, CancellationToken ct)
    {
        if (batching == "off")
            return BatchPlan.None;

        int? most = batching == "auto" ? null : int.Parse(batching, CultureInfo.InvariantCulture);

        // A model that takes a fixed number of clips takes as long for fewer.
        if (model.Classifier.Batch is { } fixedBatch)
            return new BatchPlan(Math.Min(most ?? fixedBatch, fixedBatch));

        bool onGpu = model.Classifier.Provider.StartsWith("CUDA", StringComparison.Ordinal);
        if (most is { } asked)
            return await WarmAsync(model, asked, onGpu, ct);

        return onGpu ? await MeasureAsync(model, noMemory, ct) : BatchPlan.None;
    }

    /// <summary>Doubles the batch as long as that pays.</summary>
    internal static async Task<BatchPlan> MeasureAsync(ServedModel model, Action<int, string> noMemory, CancellationToken ct)
    {
        List<int> sizes = [1];
        double best = 1 / await SecondsAsync(model, 1, ct);
        for (int size = 2; size <= Largest; size *= 2)
        {
            double rate;
            try
            {
                rate = size / await SecondsAsync(model, size, ct);
            }
            catch (UsageException problem) when (WantsMemory(problem))
            {
                // The size before is the largest.
                noMemory(size, problem.Message);
                break;
            }

            if (rate < LeastGain * best)
                break;

            best = rate;
            sizes.Add(size);
        }

        return new BatchPlan(sizes[^1]) { Sizes = sizes };
    }

    // The size that was asked for runs once, so that one that cannot run is told at the start. A GPU chooses algorithms for each size: there, some sizes
    // are warmed and no others made.
    private static async Task<BatchPlan> WarmAsync(ServedModel model, int most, bool onGpu, CancellationToken ct)
    {
        int[] sizes = onGpu ? [.. Enumerable.Range(0, 31).Select(power => 1 << power).TakeWhile(size => size < most), most] : [most];
        foreach (int size in sizes)
            await model.InferWholeAsync(Warming.Black(model.Classifier.Preparation, size), size, ct);

        return new BatchPlan(most) { Sizes = onGpu ? sizes : [] };
    }

    private static bool WantsMemory(UsageException problem) =>
        NoMemory.Any(words => problem.Message.Contains(words, StringComparison.OrdinalIgnoreCase));

    private static async Task<double> SecondsAsync(ServedModel model, int clips, CancellationToken ct)
    {
        byte[] black = Warming.Black(model.Classifier.Preparation, clips);

        // The first of a size chooses algorithms and takes memory.
        await model.InferWholeAsync(black, clips, ct);
        List<double> seconds = [];
        for (int run = 0; run < Runs; run++)
            seconds.Add((await model.InferWholeAsync(black, clips, ct)).Computed.TotalSeconds);

        return Math.Max(Median.Of(seconds), 1e-9);
    }
}
