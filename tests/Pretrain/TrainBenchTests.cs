using Unreel.Modeling;
using Unreel.Pipelines;

namespace Unreel.Pretrain.Tests;

public sealed class TrainBenchTests
{
    private static readonly TrainBenchScale Small = new()
    {
        Cases = [new("tiny", 32, 1, false, Precision.Bf16, HasDecoderMask: true), new("tiny", 32, 1, true, Precision.Fp32)],
        Threads = 1,
        WarmUp = 0,
        FewestSteps = 1,
        Duration = TimeSpan.Zero,
    };

    [Fact]
    public async Task Measures_time_speed_share_and_memory_of_every_case()
    {
        List<BenchFigure> figures = await new TrainBench(Small).RunAsync(CancellationToken.None).ToListAsync();

        Assert.Equal(["pretrain-tiny-bf16-dual", "finetune-tiny-fp32"], figures.Select(figure => figure.Case).Distinct());
        Assert.Equal(["ms/step", "clips/s", "% of peak", "MB", "ms/step", "clips/s", "% of peak", "MB"], figures.Select(figure => figure.Unit));
        Assert.All(figures, figure => Assert.True(double.IsFinite(figure.Value) && figure.Value > 0, $"{figure.Case} is {figure.Value} {figure.Unit}"));
        Assert.Equal(("bf16", "running-cell", "1", "tube .9"), (figures[0].Config["precision"], figures[0].Config["decoder_mask"], figures[0].Config["threads"], figures[0].Config["mask"]));
    }

    [Fact]
    public void Every_case_is_named_apart() =>
        Assert.Distinct(new TrainBenchScale().Cases.Select(one => one.Name));

    [Fact]
    public async Task Stops_when_cancelled()
    {
        using var stop = new CancellationTokenSource();
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await new TrainBench(Small).RunAsync(stop.Token).ToListAsync());
    }

    // One product by hand: width 2, one block, MLP 4, two tokens: per token 2 * (4*4 + 2*2*4 + 2*2*2) = 80.
    [Fact]
    public void Work_is_counted_from_the_sizes()
    {
        var shape = new VideoTransformerShape { Frames = 2, ImageSize = 2, TubeletSize = 1, PatchSize = 2, Width = 2, Depth = 1, Heads = 1, MlpWidth = 4, DecoderWidth = 2, DecoderDepth = 1, DecoderHeads = 1 };

        double work = StepWork.Finetuning(shape, labels: 5, clips: 3);

        Assert.Equal(3 * ((2 * 2 * 2 * 12 * 2) + (3 * ((2 * 80) + (2 * 2 * 5)))), work);
    }
}
