using Unreel.Pipelines;

namespace Unreel.Synthesize.Tests;

public sealed class SynthesizeBenchTests
{
    [Fact]
    public async Task Measures_every_preset_and_what_workers_cost()
    {
        SynthesizeBench bench = new(new SynthesizeBenchScale { Size = 16, WarmUp = 1, Duration = TimeSpan.Zero });
        List<BenchFigure> figures = await bench.RunAsync(CancellationToken.None).ToListAsync();

        string[] presets = [.. PresetLibrary.Names(SynthesisKind.Videos).Where(preset => PresetLibrary.ReadVideos(preset) is { Textures.Count: 0, RealShare: 0 })];
        Assert.Equal([.. presets, "scaling", "memory", "allocated"], figures.Select(figure => figure.Case));
        Assert.Equal([.. presets.Select(_ => "ms/clip"), "x", "MB", "B/frame"], figures.Select(figure => figure.Unit));
        Assert.All(figures, figure => Assert.Equal("synthesize", figure.Bench));
        Assert.All(figures.Take(presets.Length + 1), figure => Assert.True(double.IsFinite(figure.Value) && figure.Value > 0, $"{figure.Case} is {figure.Value}"));
        Assert.Equal(("16x16", "500", "16", "4", "1"), (figures[0].Config["size"], figures[0].Config["objects"], figures[0].Config["frames"], figures[0].Config["stride"], figures[0].Config["threads"]));
    }

    [Fact]
    public async Task Stops_when_cancelled()
    {
        SynthesizeBench bench = new(new SynthesizeBenchScale { Size = 16, WarmUp = 1, Duration = TimeSpan.FromDays(1) });
        using CancellationTokenSource stop = new(TimeSpan.FromSeconds(1));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await bench.RunAsync(stop.Token).ToListAsync());
    }
}
