using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Unreel.Runtimes.Tests;

/// <summary>Functions against values worked out by hand.</summary>
public sealed class FunctionalTests
{
    private static readonly double[] Logits = [1.0, 2.0, 0.5];

    [Fact]
    public void Cross_entropy_with_smoothing()
    {
        using var scope = NewDisposeScope();
        var total = Logits.Sum(Math.Exp);
        var losses = Logits.Select(logit => Math.Log(total) - logit).ToArray();

        var plain = functional.cross_entropy(tensor(Logits).unsqueeze(0), tensor(new long[] { 2 }));
        var smooth = functional.cross_entropy(tensor(Logits).unsqueeze(0), tensor(new long[] { 2 }), label_smoothing: 0.1);

        Assert.Equal(losses[2], plain.item<double>(), 12);
        Assert.Equal((0.9 * losses[2]) + (0.1 * losses.Average()), smooth.item<double>(), 12);
    }

    [Fact]
    public void Softmax_sums_to_one()
    {
        using var scope = NewDisposeScope();
        var total = Logits.Sum(Math.Exp);

        var actual = functional.softmax(tensor(Logits), 0).data<double>().ToArray();

        for (var i = 0; i < Logits.Length; i++)
            Assert.Equal(Math.Exp(Logits[i]) / total, actual[i], 12);
    }

    [Fact]
    public void Gelu_is_exact_unless_asked_otherwise()
    {
        using var scope = NewDisposeScope();
        // x * Phi(x) at 1 and -2, from tables of the normal distribution.
        var exact = functional.gelu(tensor(new[] { 1.0, -2.0 })).data<double>().ToArray();
        var approximate = functional.gelu(tensor(new[] { 1.0 }), TorchSharp.Modules.GELU.Approximate.tanh).item<double>();

        Assert.Equal(0.841344746068543, exact[0], 12);
        Assert.Equal(-2 * 0.0227501319481792, exact[1], 12);
        Assert.Equal(0.5 * (1 + Math.Tanh(Math.Sqrt(2 / Math.PI) * (1 + 0.044715))), approximate, 12);
    }

    [Fact]
    public void Layer_norm_uses_the_biased_variance()
    {
        using var scope = NewDisposeScope();
        var y = functional.layer_norm(tensor(new[] { 1.0, 2.0, 3.0 }), [3], eps: 1e-6).data<double>().ToArray();

        Assert.Equal(-1 / Math.Sqrt((2.0 / 3) + 1e-6), y[0], 12);
        Assert.Equal(0, y[1], 12);
    }

    [Fact]
    public void Attention_masks_what_comes_later()
    {
        using var scope = NewDisposeScope();
        var q = randn([1, 1, 3, 4]);

        var causal = functional.scaled_dot_product_attention(q, q, q, is_casual: true);

        Assert.True(causal[0, 0, 0].allclose(q[0, 0, 0]));
        var mask = ones(3, 3, @bool).tril();
        Assert.True(functional.scaled_dot_product_attention(q, q, q, mask).allclose(causal, 1e-5, 1e-6));
        Assert.Throws<ArgumentException>(() => functional.scaled_dot_product_attention(q, q, q, mask, is_casual: true));
    }

    [Fact]
    public void Dropout_scales_what_is_left()
    {
        using var scope = NewDisposeScope();
        manual_seed(3);
        var y = functional.dropout(ones(1000), 0.25);

        Assert.All(y.data<float>().ToArray(), value => Assert.True(value == 0 || Math.Abs(value - (4f / 3)) < 1e-6));
        Assert.InRange((y == 0).sum().item<long>(), 180, 320);
        Assert.True(functional.dropout(ones(10), 0.25, training: false).allclose(ones(10)));
    }

    [Fact]
    public void Conv3d_cuts_a_clip_into_cubes()
    {
        using var scope = NewDisposeScope();
        using var patches = Conv3d(3, 8, (2, 4, 4), stride: (2, 4, 4));

        var y = patches.call(randn([2, 3, 4, 8, 8]));

        Assert.Equal([2L, 8, 2, 2, 2], y.shape);
        Assert.Equal([8L, 3, 2, 4, 4], patches.weight.shape);
    }

    [Fact]
    public void One_hot_and_embedding()
    {
        using var scope = NewDisposeScope();
        using var table = Embedding(4, 3);
        var index = tensor(new long[] { 3, 1 });

        Assert.Equal([0L, 0, 0, 1, 0, 1, 0, 0], functional.one_hot(index, 4).reshape(-1).data<long>().ToArray());
        Assert.True(table.call(index).allclose(table.weight!.index_select(0, index)));
    }

    [Fact]
    public void Interpolate_takes_sizes_or_factors()
    {
        using var scope = NewDisposeScope();
        var x = arange(4, float32).reshape(1, 1, 2, 2);

        Assert.Equal([1L, 1, 4, 4], functional.interpolate(x, scale_factor: [2, 2]).shape);
        Assert.Equal(1.5f, functional.interpolate(x, size: [1, 1], mode: InterpolationMode.Area).item<float>());
        Assert.Throws<ArgumentException>(() => functional.interpolate(x, mode: InterpolationMode.Trilinear, size: [1, 1, 1]));
    }
}
