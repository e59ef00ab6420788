using Unreel.Pipelines;
using Unreel.Serve.Benches;

namespace Unreel.Serve.Tests;

public sealed class ServeBenchTests
{
    // A taste of each: that the bench runs to its end and tells what it says, not how fast this machine is.
    [Fact]
    public async Task All_figures_are_told()
    {
        ServeBench bench = new(new ServeBenchScale
        {
            Models = [("quick", BenchModel.Quick)],
            Turns = 2,
            Turn = TimeSpan.FromMilliseconds(50),
            Requests = 20,
            Started = ("quick", BenchModel.Quick),
            Crowded = BenchModel.Quick,
            Bearable = TimeSpan.FromSeconds(.5),
            Starts = 1,
            Moves = 4,
            Alone = 10,
            Crowd = TimeSpan.FromSeconds(1),
            Threads = 1,
        });

        List<BenchFigure> figures = [];
        await foreach (BenchFigure figure in bench.RunAsync(default))
            figures.Add(figure);

        Assert.All(figures, figure => Assert.True(double.IsFinite(figure.Value)));
        Assert.Equal(
            ["plain-quick clips/s", "http-quick clips/s", "http-quick x", "added-p50 ms", "added-p99 ms", "alone-p50 ms", "alone-p99 ms", "crowd-p50 ms", "crowd-p99 ms", "crowd-p99 x",
                "crowd-answered requests", "crowd-answered x", "crowd-refused requests", "crowd-other requests", "crowd-memory MB", "ready-quick s", "session-quick s", "moves-lost requests"],
            figures.Select(figure => $"{figure.Case} {figure.Unit}"));
        Assert.Equal(0, figures[^1].Value);
        Assert.Equal(0, figures.Single(figure => figure.Case == "crowd-other").Value);
    }
}
