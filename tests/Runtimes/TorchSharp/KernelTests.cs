using System.Runtime.InteropServices;
using TorchSharp;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Unreel.Runtimes.Tests;

/// <summary>
/// Operators with loops of their own, in float and bfloat16, against libtorch's in double precision, which never take those
/// loops: values and the gradient of every input, over shapes that fill no vector and no tile.
/// </summary>
public sealed class KernelTests : IDisposable
{
    private readonly int _threads = get_num_threads();

    private static readonly Dictionary<string, (long[][] Shapes, Func<Tensor[], Tensor> Run)> Table = new()
    {
        ["linear"] = ([[4, 40, 192], [576, 192], [576]], x => functional.linear(x[0], x[1], x[2])),
        ["linear, odd sizes"] = ([[3, 7, 13], [5, 13], [5]], x => functional.linear(x[0], x[1], x[2])),
        ["linear without bias"] = ([[2, 9, 33], [17, 33]], x => functional.linear(x[0], x[1])),
        ["linear of a vector"] = ([[19], [6, 19], [6]], x => functional.linear(x[0], x[1], x[2])),
        ["linear of a matrix"] = ([[1, 31], [1, 31], [1]], x => functional.linear(x[0], x[1], x[2])),
        ["linear of four dimensions"] = ([[2, 3, 4, 18], [10, 18], [10]], x => functional.linear(x[0], x[1], x[2])),
        ["linear of turned factors"] = ([[18, 5], [18, 7], [7]], x => functional.linear(x[0].transpose(0, 1), x[1].transpose(0, 1), x[2])),
        ["gelu"] = ([[3, 37]], x => functional.gelu(x[0] * 3)),
        ["gelu of large numbers"] = ([[50]], x => functional.gelu(x[0] * 40)),
        ["gelu, turned"] = ([[5, 19]], x => functional.gelu(x[0].transpose(0, 1))),
        ["layer norm"] = ([[4, 40, 192], [192], [192]], x => functional.layer_norm(x[0], [192], x[1], x[2], 1e-6)),
        ["layer norm, odd sizes"] = ([[131, 21], [21], [21]], x => functional.layer_norm((x[0] * 2) + 3, [21], x[1], x[2], 1e-6)),
        ["layer norm of few"] = ([[1, 3], [3], [3]], x => functional.layer_norm(x[0], [3], x[1], x[2], 1e-6)),
        ["layer norm, turned"] = ([[33, 6], [33], [33]], x => functional.layer_norm(x[0].transpose(0, 1), [33], x[1], x[2], 1e-6)),
        ["attention"] = ([[2, 3, 40, 64], [2, 3, 40, 64], [2, 3, 40, 64]], x => functional.scaled_dot_product_attention(x[0], x[1], x[2])),
        ["attention, odd sizes"] = ([[1, 2, 7, 5], [1, 2, 19, 5], [1, 2, 19, 11]], x => functional.scaled_dot_product_attention(x[0], x[1], x[2])),
        ["attention of one token"] = ([[1, 1, 1, 8], [1, 1, 1, 8], [1, 1, 1, 8]], x => functional.scaled_dot_product_attention(x[0], x[1], x[2])),
        ["attention over several tiles"] = ([[1, 2, 601, 16], [1, 2, 601, 16], [1, 2, 601, 16]], x => functional.scaled_dot_product_attention(x[0], x[1], x[2])),
        ["attention, sharp"] = ([[1, 2, 20, 8], [1, 2, 20, 8], [1, 2, 20, 8]], x => functional.scaled_dot_product_attention(x[0] * 8, x[1] * 4, x[2])),
        ["attention of token-major heads"] = ([[2, 18, 3 * 24]], x => Packed(x[0], 2)),
        ["attention of turned rows"] = ([[1, 2, 8, 20], [1, 2, 8, 20], [1, 2, 8, 20]], x =>
            functional.scaled_dot_product_attention(x[0].transpose(2, 3), x[1].transpose(2, 3), x[2].transpose(2, 3))),
    };

    public static TheoryData<string> Names => [.. Table.Keys];

    public void Dispose() => set_num_threads(_threads);

    [Theory]
    [MemberData(nameof(Names))]
    public void Floats_agree_with_double_precision(string name)
    {
        using var scope = NewDisposeScope();
        Compare(name, Computed(name, ScalarType.Float32), Computed(name, ScalarType.Float64), 2e-5);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Two_threads_agree_with_double_precision(string name)
    {
        set_num_threads(2);
        using var scope = NewDisposeScope();
        Compare(name, Computed(name, ScalarType.Float32), Computed(name, ScalarType.Float64), 2e-5);
    }

    // A product of rounded factors is off by 2^-8 of the factors; sharp attention multiplies that before the exponential.
    [Theory]
    [MemberData(nameof(Names))]
    public void Bfloat16_agrees_within_its_precision(string name)
    {
        if (name.StartsWith("layer norm", StringComparison.Ordinal))
            return; // its statistics stay floats: it is never given bfloat16
        using var scope = NewDisposeScope();
        Compare(name, Computed(name, ScalarType.BFloat16), Computed(name, ScalarType.Float64), name.Contains("sharp", StringComparison.Ordinal) ? 0.3 : 0.04);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Results_repeat_bit_for_bit(string name)
    {
        set_num_threads(2);
        using var scope = NewDisposeScope();
        var first = Computed(name, ScalarType.Float32);
        var second = Computed(name, ScalarType.Float32);

        Assert.All(first.Zip(second), pair => Assert.True(pair.First.eq(pair.Second).all().ToBoolean()));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Gradients_of_gradients_agree(string name)
    {
        using var scope = NewDisposeScope();
        Compare(name, Twice(name, ScalarType.Float32), Twice(name, ScalarType.Float64), 1e-3);
    }

    [Fact]
    public void Only_what_asks_for_a_gradient_gets_one()
    {
        using var scope = NewDisposeScope();
        for (var asked = 0; asked < 3; asked++)
        {
            Tensor[] x = [randn(4, 10), randn(6, 10), randn(6)];
            x[asked].requires_grad_();
            functional.linear(x[0], x[1], x[2]).square().sum().backward();

            Assert.Equal([asked == 0, asked == 1, asked == 2], x.Select(tensor => tensor.grad is not null));
        }
    }

    [Fact]
    public void Nothing_is_recorded_without_gradients()
    {
        using var scope = NewDisposeScope();
        using var quiet = no_grad();
        var weight = randn(6, 10).requires_grad_();

        Assert.False(functional.linear(randn(4, 10), weight).requires_grad);
        Assert.False(functional.gelu(weight).requires_grad);
    }

    [Fact]
    public void What_is_no_number_stays_none()
    {
        using var scope = NewDisposeScope();
        var x = ones(1, 1, 20, 16);
        x[0, 0, 3, 5] = float.NaN;

        Assert.True(functional.gelu(x).isnan().any().ToBoolean());
        Assert.True(functional.layer_norm(x, [16], ones(16), ones(16)).isnan().any().ToBoolean());
        Assert.True(functional.layer_norm(arange(16, ScalarType.Float32) * 1e37f, [16], ones(16), ones(16)).isnan().any().ToBoolean());
        Assert.True(functional.scaled_dot_product_attention(x, x, x).isnan().all().ToBoolean());
        Assert.True(x.to(ScalarType.BFloat16).to(ScalarType.Float32).isnan().any().ToBoolean());
    }

    [Fact]
    public void Rounding_to_bfloat16_is_libtorchs()
    {
        using var scope = NewDisposeScope();
        var x = cat([randn(1001), tensor(new[] { 0f, -0f, 1e-40f, 3.4e38f, float.PositiveInfinity, float.NegativeInfinity, 1.00390625f, 1.01171875f })]);

        Assert.True(x.to(ScalarType.BFloat16).eq(x.to(ScalarType.BFloat16, copy: true)).all().ToBoolean());
        Assert.Equal([1f, 1.015625f], x.to(ScalarType.BFloat16).to(ScalarType.Float32).data<float>().ToArray()[^2..]);
    }

    [Fact]
    public void Shapes_that_do_not_fit_are_refused()
    {
        using var scope = NewDisposeScope();

        Assert.Throws<ExternalException>(() => functional.linear(randn(4, 10), randn(6, 11)));
    }

    [Fact]
    public void Threads_may_compute_at_once()
    {
        float[] Sums(int seed)
        {
            using var scope = NewDisposeScope();
            using var generator = new Generator((ulong)seed);
            List<float> sums = [];
            for (var size = 17; size < 48; size++)
            {
                var x = randn([2, 2, size, 16], generator: generator).requires_grad_();
                functional.gelu(functional.scaled_dot_product_attention(x, x, functional.linear(x, ones(16, 16)))).sum().backward();
                sums.Add(x.grad!.sum().item<float>());
            }

            return [.. sums];
        }

        set_num_threads(1);
        float[][] alone = [.. Enumerable.Range(0, 4).Select(Sums)];
        var together = new float[4][];
        Parallel.For(0, 4, new ParallelOptions { MaxDegreeOfParallelism = 4 }, seed => together[seed] = Sums(seed));

        Assert.Equal(alone, together);
    }

    [Fact]
    public void No_tensor_is_left_behind()
    {
        Run();
        var before = Tensor.TotalCount;
        for (var round = 0; round < 5; round++)
            Run();
        Assert.Equal(before, Tensor.TotalCount);

        static void Run()
        {
            using var scope = NewDisposeScope();
            foreach (var name in Table.Keys)
                Computed(name, ScalarType.Float32);
        }
    }

    // Queries, keys and values side by side, as a transformer's one product leaves them.
    private static Tensor Packed(Tensor xBNM, long heads)
    {
        Tensor[] parts = [.. xBNM.chunk(3, -1).Select(part => part.view(part.shape[0], part.shape[1], heads, part.shape[2] / heads).transpose(1, 2))];
        return functional.scaled_dot_product_attention(parts[0], parts[1], parts[2]).transpose(1, 2).reshape(xBNM.shape[0], xBNM.shape[1], -1);
    }

    private static Tensor[] Inputs(string name, ScalarType type)
    {
        using var generator = new Generator(7);
        return [.. Table[name].Shapes.Select(shape => randn(shape, generator: generator).to(ScalarType.BFloat16).to(type).requires_grad_())];
    }

    private static Tensor Weighted(Tensor result) =>
        (result.to(ScalarType.Float64) * arange(result.numel(), ScalarType.Float64).cos().view(result.shape)).sum();

    private static Tensor[] Computed(string name, ScalarType type)
    {
        var inputs = Inputs(name, type);
        var result = Table[name].Run(inputs);
        Weighted(result).backward();
        Assert.All(inputs, input => Assert.Equal(type, input.grad!.dtype));
        return [result.detach(), .. inputs.Select(input => input.grad!)];
    }

    private static Tensor[] Twice(string name, ScalarType type)
    {
        var inputs = Inputs(name, type);
        var gradients = autograd.grad([Weighted(Table[name].Run(inputs))], inputs, retain_graph: true, create_graph: true);
        var total = gradients.Where(gradient => gradient.requires_grad).Select(gradient => Weighted(gradient.square())).ToArray();
        total.Aggregate((sum, next) => sum + next).backward();
        return [.. inputs.Select(input => input.grad).OfType<Tensor>()];
    }

    private static void Compare(string name, Tensor[] actual, Tensor[] expected, double tolerance)
    {
        Assert.Equal(expected.Length, actual.Length);
        for (var number = 0; number < expected.Length; number++)
        {
            var far = (actual[number].to(ScalarType.Float64) - expected[number]).abs().max().item<double>();
            var scale = 1 + expected[number].abs().max().item<double>();
            Assert.True(far < tolerance * scale, $"{name}, {(number == 0 ? "result" : $"gradient {number}")}: off by {far} of {scale}");
        }
    }
}
