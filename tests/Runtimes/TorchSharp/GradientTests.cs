using TorchSharp;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Unreel.Runtimes.Tests;

/// <summary>Every function's gradient against central differences in double precision.</summary>
public sealed class GradientTests
{
    private const double Step = 1e-6;

    private static readonly Dictionary<string, (long[] Shape, Func<Tensor, Tensor> Run)> Table = new()
    {
        ["add"] = ([2, 3], x => x + 2),
        ["add broadcast"] = ([3], x => x + ones(2, 3, float64)),
        ["sub from number"] = ([2, 3], x => 1.5 - x),
        ["mul"] = ([2, 3], x => x * x),
        ["div"] = ([2, 3], x => 1.0 / (x + 3)),
        ["pow"] = ([2, 3], x => (x + 3).pow(2.5)),
        ["neg"] = ([2, 3], x => -x),
        ["exp"] = ([2, 3], x => x.exp()),
        ["log"] = ([2, 3], x => (x + 3).log()),
        ["sqrt"] = ([2, 3], x => (x + 3).sqrt()),
        ["rsqrt"] = ([2, 3], x => (x + 3).rsqrt()),
        ["sin"] = ([2, 3], x => x.sin()),
        ["cos"] = ([2, 3], x => x.cos()),
        ["tanh"] = ([2, 3], x => x.tanh()),
        ["erf"] = ([2, 3], x => x.erf()),
        ["sigmoid"] = ([2, 3], x => x.sigmoid()),
        ["abs"] = ([2, 3], x => x.abs()),
        ["clamp"] = ([2, 3], x => x.clamp((Scalar)(-0.4), (Scalar)0.4)),
        ["maximum"] = ([2, 3], x => x.maximum(zeros_like(x))),
        ["where"] = ([2, 3], x => where(x > 0, x * 2, x * 3)),
        ["masked_fill"] = ([2, 3], x => x.masked_fill(x < 0, 0.0)),
        ["sum"] = ([2, 3], x => x.sum(1, keepdim: true) * x),
        ["mean"] = ([2, 3], x => x.mean([0, 1]) * x),
        ["var"] = ([2, 3], x => x.var(1, unbiased: true)),
        ["std biased"] = ([2, 3], x => x.std(1, unbiased: false, keepdim: true)),
        ["norm"] = ([2, 3], x => x.norm()),
        ["max over a dimension"] = ([2, 3], x => x.max(1).values),
        ["cumsum"] = ([2, 3], x => x.cumsum(1)),
        ["logsumexp"] = ([2, 3], x => x.logsumexp(1)),
        ["matmul"] = ([2, 3], x => x.matmul(x.transpose(0, 1))),
        ["bmm"] = ([2, 2, 3], x => x.bmm(x.transpose(1, 2))),
        ["einsum"] = ([2, 3], x => einsum("ij,kj->ik", x, x)),
        ["reshape"] = ([2, 3], x => x.reshape(3, 2) * arange(6, float64).reshape(3, 2)),
        ["permute"] = ([2, 3, 2], x => x.permute(2, 0, 1) * arange(12, float64).reshape(2, 2, 3)),
        ["expand"] = ([2, 1], x => x.expand(2, 3) * arange(6, float64).reshape(2, 3)),
        ["cat"] = ([2, 3], x => cat([x, x * 2], 1)),
        ["stack"] = ([2, 3], x => stack([x, x * 2])),
        ["chunk"] = ([4, 3], x => x.chunk(2)[1] * 3),
        ["split"] = ([5, 3], x => x.split([2, 3])[1] * 3),
        ["index select"] = ([4, 3], x => x.index_select(0, tensor(new long[] { 2, 0, 2 }))),
        ["gather"] = ([2, 3], x => x.gather(1, tensor(new long[,] { { 2, 0 }, { 1, 1 } }))),
        ["scatter"] = ([2, 2], x => zeros(2, 3, float64).scatter(1, tensor(new long[,] { { 2, 0 }, { 1, 0 } }), x)),
        ["slice"] = ([4, 3], x => x[TensorIndex.Slice(1, 4, 2), TensorIndex.Ellipsis]),
        ["mask"] = ([4, 3], x => x[x.detach() > 0]),
        ["softmax"] = ([2, 3], x => x.softmax(1)),
        ["log_softmax"] = ([2, 3], x => functional.log_softmax(x, 1)),
        ["gelu"] = ([2, 3], x => functional.gelu(x)),
        ["gelu tanh"] = ([2, 3], x => functional.gelu(x, TorchSharp.Modules.GELU.Approximate.tanh)),
        ["relu"] = ([2, 3], x => functional.relu(x)),
        ["silu"] = ([2, 3], x => x.silu()),
        ["layer_norm"] = ([2, 4], x => functional.layer_norm(x, [4], ones(4, float64) * 2, ones(4, float64), 1e-6)),
        ["linear"] = ([2, 3], x => functional.linear(x, arange(6, float64).reshape(2, 3), ones(2, float64))),
        ["conv3d"] = ([1, 1, 2, 4, 4], x => functional.conv3d(x, ones([2, 1, 2, 2, 2], float64), strides: [2, 2, 2])),
        ["conv2d weight"] = ([1, 1, 2, 2], w => functional.conv2d(arange(16, float64).reshape(1, 1, 4, 4), w)),
        ["conv_transpose2d"] = ([1, 2, 2, 2], x => functional.conv_transpose2d(
            x, arange(36, float64).reshape(2, 2, 3, 3), strides: [2, 2], padding: [1, 1], output_padding: [1, 1])),
        ["conv_transpose2d groups"] = ([1, 2, 2, 2], x => functional.conv_transpose2d(
            x, arange(18, float64).reshape(2, 1, 3, 3), dilation: [2, 2], groups: 2)),
        ["interpolate"] = ([1, 1, 2, 3], x => functional.interpolate(x, size: [4, 5], mode: InterpolationMode.Bilinear, align_corners: false)),
        ["pad"] = ([2, 3], x => functional.pad(x, (1, 2)) * 2),
        ["normalize"] = ([2, 3], x => functional.normalize(x)),
        ["attention"] = ([1, 2, 3, 4], x => functional.scaled_dot_product_attention(x, x * 2, x * 3)),
        ["causal attention"] = ([1, 2, 3, 4], x => functional.scaled_dot_product_attention(x, x * 2, x * 3, is_casual: true)),
        ["mse_loss"] = ([2, 3], x => functional.mse_loss(x, ones(2, 3, float64))),
        ["cross_entropy"] = ([2, 3], x => functional.cross_entropy(x, tensor(new long[] { 2, 0 }), label_smoothing: 0.1)),
        ["soft cross_entropy"] = ([2, 3], x => functional.cross_entropy(x, tensor(new[,] { { 0.2, 0.3, 0.5 }, { 1.0, 0.0, 0.0 } }))),
    };

    public static TheoryData<string> Names => [.. Table.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public void Gradient_matches_central_differences(string name)
    {
        using var scope = NewDisposeScope();
        var (shape, run) = Table[name];
        using var generator = new Generator(11);
        var x = randn(shape, float64, generator: generator).requires_grad_();

        Loss(run(x)).backward();
        var actual = x.grad!.data<double>().ToArray();

        var expected = Differences(x.detach().clone(), run);
        for (var i = 0; i < expected.Length; i++)
            Assert.True(Math.Abs(expected[i] - actual[i]) < 1e-5 * (1 + Math.Abs(expected[i])), $"{name}[{i}]: {actual[i]}, expected {expected[i]}");
    }

    [Fact]
    public void Gradients_add_up_until_they_are_zeroed()
    {
        using var scope = NewDisposeScope();
        var x = arange(1.0, 3.0, float64).requires_grad_();

        (x * 3).sum().backward();
        (x * 3).sum().backward();

        Assert.Equal([6.0, 6.0], x.grad!.data<double>().ToArray());
    }

    [Fact]
    public void No_grad_records_nothing_and_ends_with_its_block()
    {
        using var scope = NewDisposeScope();
        var x = ones(2, requires_grad: true);
        using (no_grad())
            Assert.False((x * 2).requires_grad);

        Assert.True((x * 2).requires_grad);
        using (inference_mode())
            Assert.False((x * 2).requires_grad);
        Assert.True((x * 2).requires_grad);
    }

    // Without await: what comes after one may run on another thread, and this one would stay frozen for the tests that follow.
    [Fact]
    public void Grad_mode_belongs_to_a_thread()
    {
        var elsewhere = false;
        using (no_grad())
        {
            var thread = new Thread(() => elsewhere = is_grad_enabled());
            thread.Start();
            thread.Join();
        }

        Assert.True(elsewhere);
        Assert.True(is_grad_enabled());
    }

    // Weights that differ keep a gradient from hiding behind a symmetric sum.
    private static Tensor Loss(Tensor y)
    {
        var flat = y.reshape(-1);
        return (flat * (arange(1, flat.numel() + 1, float64) / 7)).sum();
    }

    private static double[] Differences(Tensor x, Func<Tensor, Tensor> run)
    {
        var result = new double[x.numel()];
        var values = x.data<double>();
        for (var i = 0; i < result.Length; i++)
        {
            var original = values[i];
            values[i] = original + Step;
            var above = Loss(run(x)).item<double>();
            values[i] = original - Step;
            var below = Loss(run(x)).item<double>();
            values[i] = original;
            result[i] = (above - below) / (2 * Step);
        }

        return result;
    }
}
