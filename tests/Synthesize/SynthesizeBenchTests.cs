using Unreel.Pipelines;

namespace Unreel.Synthesize.Tests;

public sealed class SynthesizeBenchTests
{
    [Fact]
    public async Task Measures_every_preset_and_what_workers_cost()
    {
        SynthesizeBench bench = new(new SynthesizeBenchScale { Size = 16, Textures = 32, WarmUp = 1, Duration = TimeSpan.Zero });
        List<BenchFigure> figures = await bench.RunAsync(CancellationToken.None).ToListAsync();

        string[] presets = [.. PresetLibrary.Names(SynthesisKind.Videos).Where(name => !name.EndsWith("-real", StringComparison.Ordinal)).OrderBy(name => PresetLibrary.ReadVideos(name).Textures.Count > 0)];
        Assert.Equal(31, presets.Length);
        Assert.Equal([.. presets, "scaling", "memory", "allocated", "scaling-textured", "memory-textured", "allocated-textured"], figures.Select(figure => figure.Case));
        Assert.Equal([.. presets.Select(_ => "ms/clip"), "x", "MB", "B/frame", "x", "MB", "B/frame"], figures.Select(figure => figure.Unit));
        Assert.All(figures, figure => Assert.Equal("synthesize", figure.Bench));
        Assert.All(figures.Take(presets.Length + 1), figure => Assert.True(double.IsFinite(figure.Value) && figure.Value > 0, $"{figure.Case} is {figure.Value}"));
        Assert.All(figures.Where(figure => figure.Unit == "MB"), figure => Assert.InRange(figure.Value, 0, 100));
        Assert.All(figures.Where(figure => figure.Unit == "B/frame"), figure => Assert.InRange(figure.Value, 0, 10_000));
        Assert.Equal(("16x16", "500", "16", "4", "1"), (figures[0].Config["size"], figures[0].Config["objects"], figures[0].Config["frames"], figures[0].Config["stride"], figures[0].Config["threads"]));
    }

    [Fact]
    public async Task Stops_when_cancelled()
    {
        SynthesizeBench bench = new(new SynthesizeBenchScale { Size = 16, Textures = 32, WarmUp = 1, Duration = TimeSpan.FromDays(1) });
        using CancellationTokenSource stop = new(TimeSpan.FromSeconds(1));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await bench.RunAsync(stop.Token).ToListAsync());
    }
}
