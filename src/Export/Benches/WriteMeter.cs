using System.Diagnostics;
using Unreel.Onnx;
using Unreel.Pipelines;

namespace Unreel.Export;

/// <summary>Measures how a large network's graph is written, from weights in a file to a model in a file.</summary>
internal static class WriteMeter
{
    /// <summary>Makes the network and writes its graph some times.</summary>
    /// <param name="folder">An empty folder.</param>
    /// <param name="scale">Which network, and how often.</param>
    /// <param name="ct">Cancels.</param>
    /// <returns>Medians of the seconds, and of the most memory taken as a share of the weights'; none where the system does not tell.</returns>
    public static (double Seconds, double? Share) Measure(string folder, InferBenchScale scale, CancellationToken ct)
    {
        string weights = Path.Combine(folder, "weights");
        double megabytes = RandomClassifier.Write(weights, scale.Exported.Shape, scale.Classes) / 1e6;
        List<double> seconds = [], shares = [];
        for (int time = 0; time < scale.Loads; time++)
        {
            ct.ThrowIfCancellationRequested();
            PeakMemory? memory = PeakMemory.CanBeTold ? PeakMemory.Start() : null;
            long begun = Stopwatch.GetTimestamp();
            new InferGraph(GraphFlavour.Ort, GraphPrecision.Fp32).Write(weights, Path.Combine(folder, "model.onnx"), [], scale.Threads, ct);
            seconds.Add(Stopwatch.GetElapsedTime(begun).TotalSeconds);
            if (memory is { } told)
                shares.Add(told.Read() / megabytes);
        }

        return (Median.Of(seconds), shares.Count > 0 ? Median.Of(shares) : null);
    }
}
