using Unreel.Pipelines;
using Unreel.Testing;

namespace Unreel.Export.Tests;

// Memory is the process': a test beside these would give some back while they count.
[Collection(nameof(InferBenchTests))]
[CollectionDefinition(nameof(InferBenchTests), DisableParallelization = true)]
public sealed class InferBenchTests : IDisposable
{
    private static readonly string[] Graphs = ["portable-fp32", "ort-fp32", "ort-int8-dynamic", "ort-int8-static", "ort-int8-weights"];

    private readonly TemporaryFolder _folder = new();

    private InferBenchScale Small => new()
    {
        Cases = [new("tiny", 32), new("ti", 32)],
        Exported = new InferCase("ti", 32),
        Classes = 3,
        Threads = 1,
        Clips = 2,
        CalibrationClips = 1,
        Loads = 1,
        WarmUp = 0,
        FewestTurns = 1,
        Duration = TimeSpan.Zero,
        TemporaryFolder = _folder.Path,
    };

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Measures_every_graph_of_every_network_and_an_export()
    {
        List<BenchFigure> figures = await new InferBench(Small).RunAsync(CancellationToken.None).ToListAsync();

        IEnumerable<string> expected = [.. new[] { "tiny", "ti" }.SelectMany(Of), "export-ti s", .. Told("export-ti x")];
        Assert.Equal(expected, figures.Select(figure => $"{figure.Case} {figure.Unit}"));
        Assert.All(figures, figure => Assert.True(double.IsFinite(figure.Value) && figure.Value > 0, $"{figure.Case} is {figure.Value} {figure.Unit}"));
        Assert.All(figures.Where(figure => figure.Case.EndsWith("portable-fp32", StringComparison.Ordinal) && figure.Unit == "x"), figure => Assert.Equal(1, figure.Value));
        Assert.Empty(Directory.EnumerateFileSystemEntries(_folder.Path));
    }

    [Fact]
    public async Task Figures_say_what_decides_them()
    {
        BenchFigure figure = await new InferBench(Small).RunAsync(CancellationToken.None).FirstAsync(figure => figure.Case == "file-tiny-ort-int8-static");

        Assert.Equal(("int8_static", "ort", "1", "64"), (figure.Config["precision"], figure.Config["flavour"], figure.Config["calibration_clips"], figure.Config["tokens"]));
        Assert.Empty(Directory.EnumerateFileSystemEntries(_folder.Path));
    }

    [Fact]
    public async Task Integers_make_smaller_files()
    {
        Dictionary<string, double> megabytes = await new InferBench(Small).RunAsync(CancellationToken.None)
            .TakeWhile(figure => figure.Unit != "ms/clip")
            .Where(figure => figure.Case.StartsWith("file-", StringComparison.Ordinal))
            .ToDictionaryAsync(figure => figure.Case, figure => figure.Value);

        Assert.Equal(Graphs.Length, megabytes.Count);
        Assert.All(Graphs[2..], graph => Assert.InRange(megabytes[$"file-tiny-{graph}"], 0, 0.6 * megabytes["file-tiny-ort-fp32"]));
    }

    [Theory]
    [InlineData("file-tiny-portable-fp32")]
    [InlineData("tiny-ort-int8-weights")]
    [InlineData("file-ti-portable-fp32")]
    public async Task Stops_when_cancelled_and_leaves_nothing(string last)
    {
        using var stop = new CancellationTokenSource();
        List<string> seen = [];

        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () =>
        {
            await foreach (BenchFigure figure in new InferBench(Small).RunAsync(stop.Token))
            {
                seen.Add(figure.Case);
                if (figure.Case == last)
                    await stop.CancelAsync();
            }
        });

        Assert.Contains(last, seen);
        Assert.DoesNotContain("export-ti", seen);
        Assert.Empty(Directory.EnumerateFileSystemEntries(_folder.Path));
    }

    [Fact]
    public async Task Turns_of_an_hour_end_when_cancelled()
    {
        using var stop = new CancellationTokenSource();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () =>
        {
            await foreach (BenchFigure figure in new InferBench(Small with { Duration = TimeSpan.FromHours(1) }).RunAsync(stop.Token))
            {
                Assert.NotEqual("ms/clip", figure.Unit);
                if (figure.Case == "load-tiny-ort-int8-weights")
                    stop.CancelAfter(TimeSpan.FromMilliseconds(200));
            }
        });

        Assert.Empty(Directory.EnumerateFileSystemEntries(_folder.Path));
    }

    [Fact]
    public async Task Is_not_begun_when_cancelled()
    {
        using var stop = new CancellationTokenSource();
        await stop.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await new InferBench(Small).RunAsync(stop.Token).ToListAsync());
        Assert.Empty(Directory.EnumerateFileSystemEntries(_folder.Path));
    }

    [Fact]
    public void Shipped_sizes_are_those_of_the_yardsticks()
    {
        InferBenchScale shipped = new();

        Assert.Equal([(192, 12, 3, 112, 392), (384, 12, 6, 224, 1568)], shipped.Cases.Select(one => (one.Shape.Width, one.Shape.Depth, one.Shape.Heads, one.ImageSize, one.Shape.Tokens)));
        Assert.All(shipped.Cases, one => Assert.Equal((16, 2, 16), (one.Shape.Frames, one.Shape.TubeletSize, one.Shape.PatchSize)));
        Assert.Equal((400, 2, 768), (shipped.Classes, shipped.Threads, shipped.Exported.Shape.Width));
    }

    private static IEnumerable<string> Of(string model) =>
    [
        .. Graphs.SelectMany(graph => (IEnumerable<string>)[$"file-{model}-{graph} MB", $"load-{model}-{graph} ms", .. Told($"memory-{model}-{graph} MB")]),
        .. Graphs.SelectMany(graph => new[] { $"{model}-{graph} ms/clip", $"{model}-{graph} x" }),
    ];

    private static string[] Told(string figure) => PeakMemory.CanBeTold ? [figure] : [];
}
