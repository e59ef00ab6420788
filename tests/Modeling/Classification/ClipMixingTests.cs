using TorchSharp;
using Unreel.Video;
using static TorchSharp.torch;

namespace Unreel.Modeling.Tests;

[Collection("torch")]
public sealed class ClipMixingTests
{
    private static readonly MixingSettings Both = new() { Mixup = 0.8, Cutmix = 1 };

    [Fact]
    public void Nothing_is_mixed_unless_asked_for() => Assert.Null(new ClipMixing(new MixingSettings(), Micro.Shape, 1).Draw(0));

    // Two clips of labels 0 and 2, share .75, smoothing .3 over three labels: .1 everywhere, .7 shared out.
    [Fact]
    public void Labels_are_smoothed_then_mixed()
    {
        float[] targets = ClipMixing.Targets([0, 2], 3, 0.3, new ClipMix(0.75, null));

        Assert.Equal([0.625, 0.1, 0.275, 0.275, 0.1, 0.625], targets.Select(value => Math.Round(value, 6)));
    }

    [Fact]
    public void Without_mixing_the_loss_is_cross_entropy_with_smoothing()
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor logits = Values.Tensor(3, 4, 5);
        int[] labels = [1, 4, 0, 1];

        Tensor actual = ClipMixing.Loss(logits, tensor(ClipMixing.Targets(labels, 5, 0.1, null), [4, 5]));

        Tensor expected = nn.functional.cross_entropy(logits, tensor([.. labels.Select(label => (long)label)]), label_smoothing: 0.1);
        Assert.Equal(expected.item<float>(), actual.item<float>(), 5);
    }

    [Fact]
    public void Mixup_adds_the_first_to_the_last()
    {
        using DisposeScope scope = NewDisposeScope();
        var mixing = new ClipMixing(Both, Micro.Shape, 1);

        float[] mixed = Parameters.Get(mixing.Clips(tensor((float[])[1, 2, 10, 20, 100, 200], [3, 1, 2]), new ClipMix(0.75, null)));

        Assert.Equal([25.75f, 51.5f, 10, 20, 75.25f, 150.5f], mixed);
    }

    // Held against pixels: clips are cut in pictures, then arranged as tokens.
    [Fact]
    public void Cutmix_puts_the_same_box_into_every_frame()
    {
        using DisposeScope scope = NewDisposeScope();
        VideoTransformerShape shape = Micro.Shape;
        var box = new PixelBox(5, 3, 7, 6);
        byte[] one = new byte[shape.ClipBytes], other = new byte[shape.ClipBytes], expected = new byte[shape.ClipBytes];
        for (int i = 0; i < one.Length; i++)
        {
            (one[i], other[i]) = ((byte)(i % 100), (byte)(100 + (i % 100)));
            int column = i / 3 % shape.ImageSize, row = i / 3 / shape.ImageSize % shape.ImageSize;
            expected[i] = column >= 5 && column < 12 && row >= 3 && row < 9 ? other[i] : one[i];
        }

        Tensor both = tensor([.. Arranged(one), .. Arranged(other)], [2, shape.Tokens, shape.CubeValues]);
        float[] mixed = Parameters.Get(new ClipMixing(Both, shape, 1).Clips(both, new ClipMix(0.5, box)));

        Assert.Equal(Arranged(expected), mixed[..expected.Length]);
        Assert.NotEqual(Arranged(other), mixed[expected.Length..]);

        float[] Arranged(byte[] clip)
        {
            byte[] cubes = new byte[clip.Length];
            Cubes.Arrange(shape, clip, cubes);
            return Array.ConvertAll(cubes, value => (float)value);
        }
    }

    [Fact]
    public void The_share_that_is_kept_is_the_area_that_is_left()
    {
        var mixing = new ClipMixing(new MixingSettings { Cutmix = 1 }, Micro.Shape, 4);
        int side = Micro.Shape.ImageSize;
        for (long sample = 0; sample < 500; sample++)
        {
            ClipMix mix = mixing.Draw(sample)!.Value;
            PixelBox box = mix.Box!.Value;
            Assert.Equal(1 - ((double)box.Width * box.Height / (side * side)), mix.Share, 12);
            Assert.True(box.Left >= 0 && box.Top >= 0 && box.Width >= 0 && box.Height >= 0 && box.Left + box.Width <= side && box.Top + box.Height <= side, box.ToString());
        }
    }

    [Fact]
    public void Half_of_the_batches_are_cut_and_the_same_number_is_mixed_alike()
    {
        var mixing = new ClipMixing(Both, Micro.Shape, 4);
        ClipMix[] drawn = [.. Enumerable.Range(0, 2000).Select(sample => mixing.Draw(sample)!.Value)];

        Assert.InRange(drawn.Count(mix => mix.Box is not null), 900, 1100);
        Assert.Equal(drawn[..50], Enumerable.Range(0, 50).Select(sample => new ClipMixing(Both, Micro.Shape, 4).Draw(sample)!.Value));
        Assert.NotEqual(drawn[0], new ClipMixing(Both, Micro.Shape, 5).Draw(0)!.Value);
    }

    // A symmetric beta distribution has mean 1/2 and variance 1 / (4 (2a + 1)).
    [Theory]
    [InlineData(0.2)]
    [InlineData(0.8)]
    [InlineData(1)]
    [InlineData(5)]
    public void Shares_are_beta_distributed(double shape)
    {
        const int Count = 20_000;
        var random = new RandomStream(1, "beta", 0);
        double[] values = new double[Count];
        for (int i = 0; i < Count; i++)
            values[i] = BetaDistribution.Draw(shape, ref random);

        double variance = values.Average(value => (value - 0.5) * (value - 0.5));
        Assert.All(values, value => Assert.InRange(value, 0, 1));
        Assert.Equal(0.5, values.Average(), 0.012);
        Assert.InRange(variance * 4 * ((2 * shape) + 1), 0.96, 1.04);
    }

    // Of a beta distribution with both parameters 1 every tenth holds a tenth.
    [Fact]
    public void With_parameter_one_shares_are_uniform()
    {
        var random = new RandomStream(2, "beta", 0);
        int[] tenths = new int[10];
        for (int i = 0; i < 10_000; i++)
            tenths[(int)Math.Min(9, BetaDistribution.Draw(1, ref random) * 10)]++;

        Assert.All(tenths, count => Assert.InRange(count, 880, 1120));
    }
}
