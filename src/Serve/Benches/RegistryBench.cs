using System.Diagnostics;
using System.Globalization;
using System.Runtime.CompilerServices;
using Unreel.Artifacts;
using Unreel.Pipelines;

namespace Unreel.Serve.Benches;

/// <summary>How long it takes to list, search, index and clear up a store of 100,000 artifacts.</summary>
public sealed class RegistryBench : IBench
{
    private const int Names = 1000;
    private const int Versions = 100;

    /// <inheritdoc/>
    public string Name => "registry";

    /// <inheritdoc/>
    public string Summary => "listing, searching, indexing and clearing up a store of 100,000 artifacts in a folder";

    /// <inheritdoc/>
    public async IAsyncEnumerable<BenchFigure> RunAsync([EnumeratorCancellation] CancellationToken ct)
    {
        DirectoryInfo folder = Directory.CreateTempSubdirectory("unreel-registry-");
        try
        {
            GeneratedStore generated = new(folder.FullName);
            yield return Figure("generate", Time(() => generated.Write(Names, Versions, ct)) / 1000, "s");
            using (ArtifactIndex index = Open(folder.FullName))
            {
                long before = GC.GetTotalMemory(forceFullCollection: true);
                yield return Figure("rebuild", await TimeAsync(() => index.RebuildAsync(ct)) / 1000, "s");
                yield return Figure("memory", (GC.GetTotalMemory(forceFullCollection: true) - before) / 1e6, "MB");
                yield return Figure("stored-index", new FileInfo(Path.Combine(folder.FullName, "index", "artifacts.jsonl.gz")).Length / 1e6, "MB");
            }

            await foreach (BenchFigure figure in LookAsync(folder.FullName, generated.Last, ct))
                yield return figure;

            await foreach (BenchFigure figure in CollectAsync(folder.FullName, ct))
                yield return figure;
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static async IAsyncEnumerable<BenchFigure> LookAsync(string folder, ArtifactRef artifact, [EnumeratorCancellation] CancellationToken ct)
    {
        using ArtifactIndex index = Open(folder);
        yield return Figure("first-look", await TimeAsync(() => index.GetAsync(ct)), "ms");
        yield return Figure("look-again", await MedianAsync(5, LookAnewAsync), "ms");

        ArtifactStore store = ArtifactStores.Open(folder);
        List<double> times = [];
        for (int i = 0; i < 5; i++)
        {
            Descriptor layer = await store.AddBytesAsync(new byte[] { (byte)i }, "application/octet-stream", "a", ct);
            await store.PublishAsync(ArtifactKind.Weights, "new", new Lineage { Stage = "put" }, [layer], ct);
            times.Add(await TimeAsync(LookAnewAsync));
        }

        yield return Figure("look-after-publishing", Median.Of(times), "ms");
        IndexSnapshot snapshot = await index.GetAsync(ct);
        yield return Figure("first-page-of-a-snapshot", Time(() => snapshot.Search(new IndexQuery())), "ms");
        yield return Search("page", new IndexQuery { Offset = 50_000 });
        yield return Search("search-two-words", new IndexQuery { Text = "model-0042 loss" });
        yield return Search("search-nothing-found", new IndexQuery { Text = "nothing is called so" });
        yield return Search("tagged", new IndexQuery { IsTagged = true });
        yield return Search("by-metric", new IndexQuery { Order = IndexOrder.Metric, Metric = "top1" });
        yield return Figure("lineage-100-generations", Time(() => LineageGraph.Around(snapshot, artifact)), "ms");

        BenchFigure Search(string name, IndexQuery query)
        {
            snapshot.Search(query);
            return Figure(name, Median.Of(Enumerable.Range(0, 9).Select(_ => Time(() => snapshot.Search(query)))), "ms");
        }

        async Task LookAnewAsync()
        {
            index.Invalidate();
            await index.GetAsync(ct);
        }
    }

    private static async IAsyncEnumerable<BenchFigure> CollectAsync(string folder, [EnumeratorCancellation] CancellationToken ct)
    {
        // Two days later.
        ArtifactStore store = ArtifactStores.Open(folder, new() { Time = new MovedClock(TimeSpan.FromDays(2)) });
        yield return Figure("gc-dry-run", await TimeAsync(() => store.CollectAsync(new(), null, ct)) / 1000, "s");
        yield return Figure("gc-of-half", await TimeAsync(() => store.CollectAsync(new() { Delete = true }, null, ct)) / 1000, "s");
    }

    private static ArtifactIndex Open(string folder) => new(ArtifactStores.Open(folder), TimeProvider.System);

    private static BenchFigure Figure(string name, double value, string unit) => new("registry", name, value, unit, new Dictionary<string, string>
    {
        ["artifacts"] = (Names * Versions).ToString(CultureInfo.InvariantCulture),
        ["names"] = Names.ToString(CultureInfo.InvariantCulture),
        ["tags"] = (Names / 2).ToString(CultureInfo.InvariantCulture),
    });

    private static double Time(Action work)
    {
        long start = Stopwatch.GetTimestamp();
        work();
        return Stopwatch.GetElapsedTime(start).TotalMilliseconds;
    }

    private static async Task<double> TimeAsync(Func<Task> work)
    {
        long start = Stopwatch.GetTimestamp();
        await work();
        return Stopwatch.GetElapsedTime(start).TotalMilliseconds;
    }

    private static async Task<double> MedianAsync(int times, Func<Task> work)
    {
        List<double> all = [];
        for (int i = 0; i < times; i++)
            all.Add(await TimeAsync(work));

        return Median.Of(all);
    }

    private sealed class MovedClock(TimeSpan by) : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => base.GetUtcNow() + by;
    }
}
