using Unreel.Pipelines;
using Unreel.Serve.Benches;
using Unreel.Serve.Scoring;
using Unreel.Testing;
using Unreel.Video;

namespace Unreel.Serve.Tests;

public sealed class ScoreBenchTests
{
    [Fact]
    public async Task Every_case_has_its_halves_the_whole_and_their_ratio()
    {
        using TemporaryFolder folder = new();
        ScoreBench bench = new(new ScoreBenchScale
        {
            Cases = [new("small", new FrameSize(48, 32), 16, 6, ScoreBenchScale.Shape(width: 24, depth: 1), 1, new ScorePlan(1, 1))],
            Rounds = 1,
            TemporaryFolder = folder.Path,
        });

        List<BenchFigure> figures = [];
        await foreach (BenchFigure figure in bench.RunAsync(default))
            figures.Add(figure);

        Assert.Equal([("decode-small", "videos/s"), ("infer-small", "videos/s"), ("score-small", "videos/s"), ("ratio-small", "x")], figures.Select(figure => (figure.Case, figure.Unit)));
        Assert.Equal(figures[2].Value / Math.Min(figures[0].Value, figures[1].Value), figures[3].Value, 9);
        Assert.All(figures, figure => Assert.True(figure.Value > 0));
        Assert.Equal("6", figures[0].Config["videos"]);
        Assert.Empty(Directory.EnumerateFileSystemEntries(folder.Path));
    }
}
