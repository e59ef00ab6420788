using Unreel.Pipelines;
using Unreel.Serve.Benches;
using Unreel.Testing;
using Unreel.Video;

namespace Unreel.Serve.Tests;

public sealed class DecodeBenchTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Every_case_has_its_figures_and_nothing_is_left_behind()
    {
        DecodeBenchScale scale = new() { Sizes = [new FrameSize(64, 48)], VideoFrames = 70, FewestTurns = 2, Duration = TimeSpan.Zero, TemporaryFolder = _folder.Path };
        List<BenchFigure> figures = [];
        await foreach (BenchFigure figure in new DecodeBench(scale).RunAsync(default))
            figures.Add(figure);

        string[] cases = [.. figures.Where(static figure => figure.Unit == "clips/core-s").Select(static figure => figure.Case)];
        Assert.Equal(["64x48-gop12", "64x48-gop12-input", "64x48-gop250", "64x48-gop250-input"], cases);
        Assert.Equal(cases, figures.Where(static figure => figure.Unit == "clips/s").Select(static figure => figure.Case));
        Assert.All(figures, static figure => Assert.True(figure is { Bench: "decode", Value: > 0 } && double.IsFinite(figure.Value)));
        Assert.Empty(Directory.EnumerateFileSystemEntries(_folder.Path));
    }
}
