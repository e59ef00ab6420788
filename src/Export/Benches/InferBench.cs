using System.Runtime.CompilerServices;
using Unreel.Pipelines;

namespace Unreel.Export;

/// <summary>
/// How fast and how small the graphs of two sizes of networks are, in the flavours and precisions that a processor is served with: all take turns in one
/// run and are held against the portable graph of 32-bit floats. Beside it how long a model takes from its file to the first answer, and what it costs to write
/// a large one. Networks have random weights, which take as long as trained ones.
/// </summary>
/// <remarks>
/// Cases such as <c>s-ort-int8-dynamic</c> have <c>ms/clip</c> and <c>x</c>; with <c>file-</c>, <c>load-</c> and <c>memory-</c> before them the size of
/// the file, the time to the first answer, and the most memory taken until then. Files were just written when they are loaded, so the system still has them in memory.
/// <c>memory-</c> and the <c>x</c> of <c>export-</c>, over the weights' bytes, are left out where the system cannot tell; Linux with the GNU C library can.
/// </remarks>
public sealed class InferBench : IBench
{
    private readonly InferBenchScale _scale;

    /// <summary>Makes the bench as it is shipped.</summary>
    public InferBench()
        : this(new InferBenchScale())
    {
    }

    internal InferBench(InferBenchScale scale) => _scale = scale;

    /// <inheritdoc/>
    public string Name => "infer";

    /// <inheritdoc/>
    public string Summary => "Milliseconds of a clip through graphs of two sizes by flavour and precision, size of file, time and memory to the first answer; seconds and memory of writing ViT-B's graph.";

    /// <inheritdoc/>
    public async IAsyncEnumerable<BenchFigure> RunAsync([EnumeratorCancellation] CancellationToken ct)
    {
        using Scratch scratch = new(_scale.TemporaryFolder);
        foreach (InferCase one in _scale.Cases)
        {
            InferMeter meter = new(scratch.Folder(one.Model), one, _scale);
            await Apart(() => meter.Write(ct), ct);
            foreach (InferGraph graph in InferGraph.All)
            {
                foreach (BenchFigure figure in await Apart(() => Loaded(meter, one, graph, ct), ct))
                    yield return figure;
            }

            foreach (BenchFigure figure in await Apart(() => InTurns(meter, one, ct), ct))
                yield return figure;
        }

        foreach (BenchFigure figure in await Apart(() => Written(scratch.Folder("export"), ct), ct))
            yield return figure;
    }

    private List<BenchFigure> Loaded(InferMeter meter, InferCase one, InferGraph graph, CancellationToken ct)
    {
        (double seconds, double? megabytes) = meter.Load(graph, ct);
        SortedDictionary<string, string> config = graph.Config(one, _scale);
        List<BenchFigure> figures =
        [
            new(Name, $"file-{one.Model}-{graph.Name}", meter.Bytes(graph) / 1e6, "MB", config),
            new(Name, $"load-{one.Model}-{graph.Name}", seconds * 1000, "ms", config),
        ];
        if (megabytes is { } most)
            figures.Add(new(Name, $"memory-{one.Model}-{graph.Name}", most, "MB", config));
        return figures;
    }

    private List<BenchFigure> InTurns(InferMeter meter, InferCase one, CancellationToken ct)
    {
        List<BenchFigure> figures = [];
        foreach ((InferGraph graph, (double seconds, double share)) in InferGraph.All.Zip(meter.TakeTurns(ct)))
        {
            SortedDictionary<string, string> config = graph.Config(one, _scale);
            figures.Add(new(Name, $"{one.Model}-{graph.Name}", seconds * 1000, "ms/clip", config));
            figures.Add(new(Name, $"{one.Model}-{graph.Name}", share, "x", config));
        }

        return figures;
    }

    private List<BenchFigure> Written(string folder, CancellationToken ct)
    {
        (double seconds, double? share) = WriteMeter.Measure(folder, _scale, ct);
        SortedDictionary<string, string> config = new(_scale.Exported.Config(_scale.Classes), StringComparer.Ordinal) { ["flavour"] = "ort", ["precision"] = "fp32" };
        string name = $"export-{_scale.Exported.Model}";
        List<BenchFigure> figures = [new(Name, name, seconds, "s", config)];
        if (share is { } most)
            figures.Add(new(Name, name, most, "x", config));
        return figures;
    }

    private static Task Apart(Action work, CancellationToken ct) => Task.Factory.StartNew(work, ct, TaskCreationOptions.LongRunning, TaskScheduler.Default);

    private static Task<T> Apart<T>(Func<T> work, CancellationToken ct) => Task.Factory.StartNew(work, ct, TaskCreationOptions.LongRunning, TaskScheduler.Default);

    // Goes with all that is in it, whether the bench came to its end or not.
    private sealed class Scratch(string parent) : IDisposable
    {
        private readonly DirectoryInfo _folder = Directory.CreateDirectory(Path.Combine(parent, $"unreel-bench-{Guid.NewGuid():N}"));

        public string Folder(string name) => _folder.CreateSubdirectory(name).FullName;

        public void Dispose() => _folder.Delete(recursive: true);
    }
}
