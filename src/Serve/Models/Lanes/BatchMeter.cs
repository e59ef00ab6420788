using System.Globalization;
using Unreel.Pipelines;

namespace Unreel.Serve.Models;

/// <summary>Finds out how many clips of several requests should run together.</summary>
internal static class BatchMeter
{
    /// <summary>A larger batch is taken where it does so many times the clips a second of the one before.</summary>
    public const double LeastGain = 1.1;

    private const int Largest = 64, Runs = 3;

    /// <summary>Plans the batches of a model that nobody uses yet; where several sizes are tried, each is warm afterwards.</summary>
    /// <param name="model">The model.</param>
    /// <param name="batching"><c>auto</c>, <c>off</c>, or the most clips of a batch.</param>
    /// <param name="ct">Cancels.</param>
    public static async Task<BatchPlan> PlanAsync(ServedModel model, string batching, CancellationToken ct)
    {
        if (batching == "off")
            return BatchPlan.None;

        int? most = batching == "auto" ? null : int.Parse(batching, CultureInfo.InvariantCulture);

        // A model that takes a fixed number of clips takes as long for fewer.
        if (model.Classifier.Batch is { } fixedBatch)
            return new BatchPlan(Math.Min(most ?? fixedBatch, fixedBatch));
        if (most is { } asked)
            return new BatchPlan(asked);

        return model.Classifier.Provider.StartsWith("CUDA", StringComparison.Ordinal) ? await MeasureAsync(model, ct) : BatchPlan.None;
    }

    /// <summary>Doubles the batch as long as that pays.</summary>
    internal static async Task<BatchPlan> MeasureAsync(ServedModel model, CancellationToken ct)
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
            catch (UsageException)
            {
                // The device has no memory for so many: the size before is the largest.
                break;
            }

            if (rate < LeastGain * best)
                break;

            best = rate;
            sizes.Add(size);
        }

        return new BatchPlan(sizes[^1]) { Sizes = sizes };
    }

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
