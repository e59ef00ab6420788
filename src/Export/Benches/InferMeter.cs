using System.Diagnostics;
using Unreel.Onnx;
using Unreel.Pipelines;

namespace Unreel.Export;

/// <summary>Measures the graphs of one network, written to files. Latencies are elapsed seconds of one clip.</summary>
/// <param name="folder">An empty folder, which the files are written to and stay in.</param>
/// <param name="one">The network.</param>
/// <param name="scale">How long.</param>
internal sealed class InferMeter(string folder, InferCase one, InferBenchScale scale)
{
    private readonly IReadOnlyList<ReadOnlyMemory<byte>> _clips = MovingClips.Make(one.Shape, scale.Clips);

    /// <summary>Makes the network and writes its graphs.</summary>
    public void Write(CancellationToken ct)
    {
        string weights = Path.Combine(folder, "weights");
        RandomClassifier.Write(weights, one.Shape, scale.Classes);
        IReadOnlyList<ReadOnlyMemory<byte>> calibration = [.. _clips.Take(scale.CalibrationClips)];
        foreach (InferGraph graph in InferGraph.All)
        {
            ct.ThrowIfCancellationRequested();
            graph.Write(weights, FileOf(graph), calibration, scale.Threads, ct);
        }
    }

    /// <summary>Bytes of a graph's file.</summary>
    public long Bytes(InferGraph graph) => new FileInfo(FileOf(graph)).Length;

    /// <summary>Loads a graph with no other in memory and runs it once.</summary>
    /// <returns>Seconds to the first answer and megabytes over what was held before, medians of some times; no megabytes where the system does not tell.</returns>
    public (double Seconds, double? Megabytes) Load(InferGraph graph, CancellationToken ct)
    {
        List<double> seconds = [], megabytes = [];
        for (int time = 0; time < scale.Loads; time++)
        {
            ct.ThrowIfCancellationRequested();
            PeakMemory? memory = PeakMemory.CanBeTold ? PeakMemory.Start() : null;
            long begun = Stopwatch.GetTimestamp();
            using OnnxModel model = Open(graph);
            model.Classify(_clips[0], 1, ct);
            seconds.Add(Stopwatch.GetElapsedTime(begun).TotalSeconds);
            if (memory is { } told)
                megabytes.Add(told.Read());
        }

        return (Median.Of(seconds), megabytes.Count > 0 ? Median.Of(megabytes) : null);
    }

    /// <summary>Runs all graphs in turns, a clip each.</summary>
    /// <returns>For each graph the median of its seconds, and that of its share of the first graph's in the same turn.</returns>
    public IReadOnlyList<(double Seconds, double Share)> TakeTurns(CancellationToken ct)
    {
        List<OnnxModel> models = [];
        try
        {
            models.AddRange(InferGraph.All.Select(Open));
            double[][] turns = [.. Turns(models, ct).Skip(scale.WarmUp)];
            return [.. models.Select((_, place) => (Median.Of(turns.Select(turn => turn[place])), Median.Of(turns.Select(turn => turn[place] / turn[0]))))];
        }
        finally
        {
            models.ForEach(model => model.Dispose());
        }
    }

    private IEnumerable<double[]> Turns(List<OnnxModel> models, CancellationToken ct)
    {
        long start = Stopwatch.GetTimestamp();
        for (int turn = 0; turn < scale.WarmUp + scale.FewestTurns || Stopwatch.GetElapsedTime(start) < scale.Duration; turn++)
            yield return [.. models.Select(model => Seconds(model, _clips[turn % _clips.Count], ct))];
    }

    private static double Seconds(OnnxModel model, ReadOnlyMemory<byte> clip, CancellationToken ct)
    {
        long begun = Stopwatch.GetTimestamp();
        model.Classify(clip, 1, ct);
        return Stopwatch.GetElapsedTime(begun).TotalSeconds;
    }

    private OnnxModel Open(InferGraph graph) => OnnxModel.Open(FileOf(graph), new OnnxModelOptions { Threads = scale.Threads });

    private string FileOf(InferGraph graph) => Path.Combine(folder, graph.Name + ".onnx");
}
