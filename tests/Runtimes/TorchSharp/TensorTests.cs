using System.Runtime.InteropServices;
using TorchSharp;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Unreel.Runtimes.Tests;

public sealed class TensorTests
{
    [Fact]
    public void Types_follow_the_values_given()
    {
        using var scope = NewDisposeScope();

        Assert.Equal(ScalarType.Float64, tensor(1.5).dtype);
        Assert.Equal(ScalarType.Float32, tensor(1.5f).dtype);
        Assert.Equal(ScalarType.Int32, tensor(1).dtype);
        Assert.Equal(ScalarType.Int64, tensor(1L).dtype);
        Assert.Equal(ScalarType.Bool, tensor(true).dtype);
        Assert.Equal(ScalarType.Int64, arange(3).dtype);
        Assert.Equal(ScalarType.Float32, arange(0.0, 1.0, 0.5).dtype);
        Assert.Equal(ScalarType.Float32, zeros(2).dtype);
        Assert.Equal(ScalarType.Int64, randint(5, [2]).dtype);
        Assert.Equal(ScalarType.Float32, (tensor(new[] { 1, 2 }) * 1.5).dtype);
        Assert.Equal(ScalarType.Float32, (ones(2) * 2.0).dtype);
        Assert.Equal(ScalarType.Float64, (ones(2) + ones(2, float64)).dtype);
    }

    [Fact]
    public void Item_reads_its_own_type_only()
    {
        using var single = tensor(1.5f);
        using var many = ones(2);

        Assert.Equal(1.5f, single.item<float>());
        Assert.Throws<ArgumentException>(() => single.item<double>());
        Assert.Throws<ArgumentException>(() => many.item<float>());
        Assert.Equal(1.5, single.ToDouble());
        Assert.Equal(1.5f, (float)single);
    }

    [Theory]
    [InlineData("add")]
    [InlineData("cat")]
    [InlineData("view")]
    [InlineData("index")]
    [InlineData("layer_norm")]
    public void Shapes_that_do_not_fit_throw(string operation)
    {
        using var scope = NewDisposeScope();
        var a = ones(2, 3);
        var b = ones(4, 5);

        Assert.Throws<ExternalException>(() => operation switch
        {
            "add" => a + b,
            "cat" => cat([a, b]),
            "view" => a.view(4, 2),
            "index" => a[5],
            _ => functional.layer_norm(a, [4]),
        });
        Assert.Equal(6f, a.sum().item<float>());
    }

    [OwnRuntimeFact]
    public void A_product_of_shapes_that_do_not_fit_throws_and_the_process_lives()
    {
        using var scope = NewDisposeScope();
        var a = ones(2, 3);

        Assert.Throws<ExternalException>(() => a.matmul(ones(4, 5)));
        Assert.Throws<ExternalException>(() => a.mm(ones(2)));
        Assert.Throws<ExternalException>(() => functional.linear(a, ones(5, 4)));
        Assert.Equal(6f, a.sum().item<float>());
    }

    [Fact]
    public void Indexing_follows_python()
    {
        using var scope = NewDisposeScope();
        var x = arange(24).reshape(2, 3, 4);

        Assert.Equal([12L, 13, 14, 15], x[1, 0].data<long>().ToArray());
        Assert.Equal([3L, 7, 11], x[0, TensorIndex.Colon, -1].data<long>().ToArray());
        Assert.Equal([1L, 3], x[0, 0, TensorIndex.Slice(1, null, 2)].data<long>().ToArray());
        Assert.Equal([2L, 3], x[0, 0, 2..].data<long>().ToArray());
        Assert.Equal([0L, 4, 8, 12, 16, 20], x[TensorIndex.Ellipsis, 0].reshape(-1).data<long>().ToArray());
        Assert.Equal([2L, 1, 3, 4], x[TensorIndex.Colon, TensorIndex.None].shape);
        Assert.Equal([20L, 21, 22, 23], x[x > 19].data<long>().ToArray());
        var rows = tensor(new long[] { 2, 0 });
        Assert.Equal([8L, 0], x[0][rows, 0].data<long>().ToArray());
        Assert.Equal([9L, 1], x[TensorIndex.Single(0), TensorIndex.Tensor(rows), TensorIndex.Single(1)].data<long>().ToArray());
    }

    [Fact]
    public void Writing_through_brackets_changes_the_tensor()
    {
        using var scope = NewDisposeScope();
        var x = zeros(2, 3);

        x[0, TensorIndex.Slice(1)] = tensor(5f);
        x[x == 0] = tensor(-1f);
        x[1] = ones(3);

        Assert.Equal([-1f, 5, 5, 1, 1, 1], x.data<float>().ToArray());
    }

    [Fact]
    public void Data_comes_out_in_row_major_order_whatever_the_strides()
    {
        using var scope = NewDisposeScope();
        var x = tensor(new[,] { { 1f, 2 }, { 3, 4 } });
        var turned = x.t();

        Assert.False(turned.is_contiguous());
        Assert.Equal([1f, 3, 2, 4], turned.data<float>().ToArray());
        Assert.Equal([1f, 3, 2, 4], turned.contiguous().data<float>().ToArray());
        Assert.Throws<InvalidOperationException>(() => turned.bytes.Length);
        Assert.Equal(16, x.bytes.Length);
        var target = new float[2];
        x.data<float>().CopyTo(target, 0, 2);
        Assert.Equal([3f, 4], target);
        Assert.Equal(3f, turned.data<float>()[0, 1]);
    }

    [Fact]
    public void Memory_given_is_copied()
    {
        float[] values = [1, 2, 3, 4, 5, 6];
        using var x = tensor(values, [2, 3]);
        values[0] = 9;

        Assert.Equal(1f, x[0, 0].item<float>());
        Assert.Equal([2L, 3], x.shape);
        Assert.Throws<ArgumentException>(() => tensor(values, [4, 3]));
    }

    [Fact]
    public void Generators_repeat_their_numbers()
    {
        using var scope = NewDisposeScope();
        Tensor Draw(long seed) => randn([4], generator: new Generator((ulong)seed));

        Assert.True(Draw(3).allclose(Draw(3), 0, 0));
        Assert.False(Draw(3).allclose(Draw(4), 0, 0));
        var generator = new Generator(1);
        var state = generator.get_state();
        var first = randperm(20, generator: generator);
        generator.set_state(state);
        Assert.True(first.allclose(randperm(20, generator: generator)));
        manual_seed(5);
        var global = rand(3);
        manual_seed(5);
        Assert.True(global.allclose(rand(3), 0, 0));
    }

    [Fact]
    public void Reductions_and_orders()
    {
        using var scope = NewDisposeScope();
        var x = tensor(new[,] { { 3.0, 1.0, 2.0 }, { 6.0, 4.0, 8.0 } });

        Assert.Equal([6.0, 18], x.sum(1).data<double>().ToArray());
        Assert.Equal(4.0, x.mean().item<double>());
        Assert.Equal(1.0, x[0].@var().item<double>(), 12);
        Assert.Equal(2.0 / 3, x[0].@var(unbiased: false).item<double>(), 12);
        Assert.Equal([0L, 2], x.argmax(1).data<long>().ToArray());
        Assert.Equal([1.0, 2, 3, 4, 6, 8], x.reshape(-1).sort().Values.data<double>().ToArray());
        Assert.Equal([8.0, 6], x.reshape(-1).topk(2).values.data<double>().ToArray());
        Assert.Equal([1L, 2, 0], x[0].argsort().data<long>().ToArray());
        Assert.Equal(5.0, tensor(new[] { 3.0, 4.0 }).norm().item<double>(), 12);
        Assert.True(x.isfinite().all().item<bool>());
    }

    [Fact]
    public void Half_precision_types_move_and_multiply()
    {
        using var scope = NewDisposeScope();
        var x = ones(2, 2).to(bfloat16);

        Assert.Equal(ScalarType.BFloat16, x.matmul(x).dtype);
        Assert.Equal(2f, x.matmul(x).to(float32)[0, 0].item<float>());
        Assert.Equal((Half)1, x.to(float16).data<Half>()[0]);
        Assert.Equal(8, x.bytes.Length);
    }

    [Fact]
    public void Fourier_transforms_invert()
    {
        using var scope = NewDisposeScope();
        var x = randn(4, 6, float64);

        Assert.True(fft.irfft2(fft.rfft2(x), [4, 6]).allclose(x));
        Assert.Equal([4L, 4], fft.rfft2(x).shape);
    }

    [Fact]
    public void The_machine_can_be_asked()
    {
        Assert.False(string.IsNullOrEmpty(__version__));
        Assert.Equal(cuda.is_available(), cuda.device_count() > 0);
        var threads = get_num_threads();
        set_num_threads(2);
        Assert.Equal(2, get_num_threads());
        set_num_threads(threads);
        Assert.Equal("cpu", CPU.ToString());
        Assert.Equal("cuda:1", new Device("cuda:1").ToString());
    }
}
