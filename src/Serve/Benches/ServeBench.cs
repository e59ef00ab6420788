using System.Diagnostics;
using System.Globalization;
using System.Runtime.CompilerServices;
using Unreel.Artifacts;
using Unreel.Onnx;
using Unreel.Pipelines;
using Unreel.Serve.Models;

namespace Unreel.Serve.Benches;

/// <summary>
/// What serving costs beside ONNX Runtime alone: throughput with ready frames over HTTP and in a loop, taking turns in one process; what is added to the
/// time of an inference; a crowd of twice what the server can bear; how long it takes to be ready; tags that move under load.
/// </summary>
/// <remarks>Clients are in the same process and on the same cores: what they take counts against the server.</remarks>
public sealed class ServeBench : IBench
{
    private readonly ServeBenchScale _scale;

    /// <summary>Makes the bench as it is shipped.</summary>
    public ServeBench()
        : this(new ServeBenchScale())
    {
    }

    internal ServeBench(ServeBenchScale scale) => _scale = scale;

    /// <inheritdoc/>
    public string Name => "serve";

    /// <inheritdoc/>
    public string Summary => "Throughput and added latency of the endpoint beside ONNX Runtime alone, a crowd of twice what it can bear, seconds to be ready, requests lost while tags move.";

    /// <inheritdoc/>
    public async IAsyncEnumerable<BenchFigure> RunAsync([EnumeratorCancellation] CancellationToken ct)
    {
        using BenchFolder folder = new(_scale.TemporaryFolder);
        foreach ((string model, ClassifierShape shape) in _scale.Models)
        {
            foreach (BenchFigure figure in await ThroughputAsync(folder.Path(model), model, shape, ct))
                yield return figure;
        }

        foreach (BenchFigure figure in await AddedAsync(folder.Path("quick"), ct))
            yield return figure;
        foreach (BenchFigure figure in await CrowdBench.MeasureAsync(Name, _scale, folder.Path("crowd"), ct))
            yield return figure;
        foreach (BenchFigure figure in await StartAsync(folder, ct))
            yield return figure;
        yield return await MovesAsync(folder, ct);
    }

    private async Task<List<BenchFigure>> ThroughputAsync(string folder, string model, ClassifierShape shape, CancellationToken ct)
    {
        string file = await Task.Run(() => BenchModel.Write(folder, shape), ct);
        byte[] clip = BenchModel.Clip(shape, 1);
        (byte[] Body, int Json) frames = BenchServer.FramesOf(shape, clip);
        using OnnxModel plain = OnnxModel.Open(file, new OnnxModelOptions { Threads = _scale.Threads });
        await using BenchServer server = await BenchServer.StartAsync(OptionsFor(file, folder), null, ct);
        List<double> alone = [], served = [];
        for (int turn = -1; turn < _scale.Turns; turn++)
        {
            double one = await Apart(() => Plain(plain, clip, ct), ct), other = await ServedAsync(server, frames, ct);

            // The first turn of both is not measured.
            if (turn < 0)
                continue;
            alone.Add(one);
            served.Add(other);
        }

        SortedDictionary<string, string> config = Config(shape);
        return
        [
            new(Name, $"plain-{model}", Median.Of(alone), "clips/s", config),
            new(Name, $"http-{model}", Median.Of(served), "clips/s", config),
            new(Name, $"http-{model}", Median.Of(served.Zip(alone, (one, other) => one / other)), "x", config),
        ];
    }

    private double Plain(OnnxModel model, byte[] clip, CancellationToken ct)
    {
        // As with the requests, those under way at the end of the turn are awaited and counted.
        long began = Stopwatch.GetTimestamp();
        int clips = 0;
        for (; clips == 0 || Stopwatch.GetElapsedTime(began) < _scale.Turn; clips++)
            model.Classify(clip, 1, ct);
        return clips / Stopwatch.GetElapsedTime(began).TotalSeconds;
    }

    private async Task<double> ServedAsync(BenchServer server, (byte[] Body, int Json) frames, CancellationToken ct)
    {
        long began = Stopwatch.GetTimestamp();
        int clips = 0;
        await Task.WhenAll(Enumerable.Range(0, _scale.Clients).Select(_ => Task.Run(ClientAsync, ct)));
        return clips / Stopwatch.GetElapsedTime(began).TotalSeconds;

        async Task ClientAsync()
        {
            do
            {
                BenchAnswer answer = await server.InferAsync(frames, ct);
                if (answer.Status != 200)
                    throw new InvalidOperationException($"A request was answered with {answer.Status}, expected 200.");

                Interlocked.Increment(ref clips);
            }
            while (Stopwatch.GetElapsedTime(began) < _scale.Turn);
        }
    }

    private async Task<List<BenchFigure>> AddedAsync(string folder, CancellationToken ct)
    {
        ClassifierShape shape = BenchModel.Quick;
        string file = BenchModel.Write(folder, shape);
        (byte[] Body, int Json) frames = BenchServer.FramesOf(shape, BenchModel.Clip(shape, 1));
        await using BenchServer server = await BenchServer.StartAsync(OptionsFor(file, folder), null, ct);
        List<double> added = [];
        for (int request = -_scale.Requests / 5; request < _scale.Requests; request++)
        {
            BenchAnswer answer = await server.InferAsync(frames, ct);
            if (request >= 0)
                added.Add((answer.Seconds - answer.Computed) * 1000);
        }

        SortedDictionary<string, string> config = Config(shape);
        return [new(Name, "added-p50", Percentile.Of(added, .5), "ms", config), new(Name, "added-p99", Percentile.Of(added, .99), "ms", config)];
    }

    private async Task<List<BenchFigure>> StartAsync(BenchFolder folder, CancellationToken ct)
    {
        (string name, ClassifierShape shape) = _scale.Started;
        string made = folder.Path("start");
        string file = await Task.Run(() => BenchModel.Write(made, shape), ct);
        ArtifactStore store = ArtifactStores.Open(folder.Path("start-store"));
        ArtifactRef model = await ArtifactFolder.AddFolderAsync(store, ArtifactKind.Onnx, "start", new Lineage { Stage = "bench" }, made, null, ct);
        await store.MoveTagAsync(model, ArtifactReference.Latest, TimeProvider.System, ct);
        ServeOptions options = OptionsFor("onnx/start:latest", folder.Path("start-cache"));
        await using (await BenchServer.StartAsync(options, store, ct))
        {
            // Fills the cache.
        }

        List<double> ready = [], session = [];
        for (int start = 0; start < _scale.Starts; start++)
        {
            session.Add(await Apart(() => Session(file, shape, ct), ct));
            long began = Stopwatch.GetTimestamp();
            await using BenchServer server = await BenchServer.StartAsync(options, store, ct);
            ready.Add(Stopwatch.GetElapsedTime(began).TotalSeconds);
        }

        SortedDictionary<string, string> config = Config(shape);
        return [new(Name, $"ready-{name}", Median.Of(ready), "s", config), new(Name, $"session-{name}", Median.Of(session), "s", config)];
    }

    private double Session(string file, ClassifierShape shape, CancellationToken ct)
    {
        long began = Stopwatch.GetTimestamp();
        using OnnxModel model = OnnxModel.Open(file, new OnnxModelOptions { Threads = _scale.Threads });
        model.Classify(BenchModel.Clip(shape, 1), 1, ct);
        return Stopwatch.GetElapsedTime(began).TotalSeconds;
    }

    private async Task<BenchFigure> MovesAsync(BenchFolder folder, CancellationToken ct)
    {
        ClassifierShape shape = BenchModel.Quick;
        ArtifactStore store = ArtifactStores.Open(folder.Path("moves-store"));
        List<ArtifactRef> models = [];
        foreach (ulong seed in (ulong[])[1, 2])
        {
            string made = folder.Path(string.Create(CultureInfo.InvariantCulture, $"moves{seed}"));
            BenchModel.Write(made, shape, seed);
            models.Add(await ArtifactFolder.AddFolderAsync(store, ArtifactKind.Onnx, "moving", new Lineage { Stage = "bench" }, made, null, ct));
        }

        await store.MoveTagAsync(models[0], ArtifactReference.Latest, TimeProvider.System, ct);
        ServeOptions options = OptionsFor("onnx/moving:latest", folder.Path("moves-cache")) with { Watch = TimeSpan.FromMilliseconds(5) };
        await using BenchServer server = await BenchServer.StartAsync(options, store, ct);
        (int asked, int lost) = await TagBench.RunAsync(server, store, models, _scale, BenchServer.FramesOf(shape, BenchModel.Clip(shape, 1)), ct);

        SortedDictionary<string, string> config = Config(shape);
        config["moves"] = _scale.Moves.ToString(CultureInfo.InvariantCulture);
        config["requests"] = asked.ToString(CultureInfo.InvariantCulture);
        return new BenchFigure(Name, "moves-lost", lost, "requests", config);
    }

    private ServeOptions OptionsFor(string model, string cache) =>
        new() { Models = [ModelChoice.Parse(model)], Port = 0, CacheFolder = cache, Threads = _scale.Threads, Watch = TimeSpan.Zero };

    private SortedDictionary<string, string> Config(ClassifierShape shape) => BenchConfig.Of(shape, _scale);

    private static Task<T> Apart<T>(Func<T> work, CancellationToken ct) => Task.Factory.StartNew(work, ct, TaskCreationOptions.LongRunning, TaskScheduler.Default);
}
