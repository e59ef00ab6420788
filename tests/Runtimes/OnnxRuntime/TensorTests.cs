using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;

namespace Unreel.Runtimes.OnnxRuntime.Tests;

public sealed class TensorTests
{
    [Fact]
    public void The_last_dimension_is_innermost()
    {
        int[] values = [0, 1, 2, 3, 4, 5];
        var tensor = new DenseTensor<int>(values, [2, 3]);

        Assert.Equal((6L, 2), (tensor.Length, tensor.Rank));
        Assert.Equal(5, tensor[1, 2]);
        Assert.Equal(3, tensor.GetValue(3));
        tensor[0, 1] = 10;
        Assert.Equal(10, tensor.Buffer.Span[1]);
        Assert.Equal([0, 10, 2, 3, 4, 5], tensor.ToArray());
        Assert.Equal([3, 1], tensor.Strides.ToArray());
    }

    [Fact]
    public void Reshape_keeps_the_memory()
    {
        var tensor = new DenseTensor<int>([2, 3]);

        Tensor<int> reshaped = tensor.Reshape([3, 2]);
        reshaped[2, 1] = 9;

        Assert.Equal(9, tensor[1, 2]);
    }

    [Fact]
    public void Memory_of_another_length_throws() =>
        Assert.Throws<ArgumentException>(() => new DenseTensor<int>(new int[5], [2, 3]));

    [Theory]
    [InlineData(0f, 0)]
    [InlineData(1f, 0x3C00)]
    [InlineData(-2f, 0xC000)]
    [InlineData(65504f, 0x7BFF)]
    [InlineData(float.PositiveInfinity, 0x7C00)]
    public void Float16_holds_the_bits_of_IEEE_half_precision(float number, ushort bits)
    {
        Assert.Equal(bits, ((Float16)number).value);
        Assert.Equal(number, (float)new Float16(bits));
    }

    [Theory]
    [InlineData(0f, 0)]
    [InlineData(1f, 0x3F80)]
    [InlineData(-2f, 0xC000)]
    [InlineData(float.PositiveInfinity, 0x7F80)]
    public void BFloat16_holds_the_upper_half_of_a_float(float number, ushort bits)
    {
        Assert.Equal(bits, ((BFloat16)number).value);
        Assert.Equal(number, (float)new BFloat16(bits));
    }

    [Fact]
    public void Halves_compare_like_numbers()
    {
        Assert.True(Float16.MinValue < Float16.Zero && Float16.Zero < Float16.One && Float16.One <= Float16.MaxValue && Float16.MaxValue < Float16.PositiveInfinity);
        Assert.True(BFloat16.MinValue < BFloat16.Zero && BFloat16.Zero < BFloat16.One && BFloat16.One <= BFloat16.MaxValue && BFloat16.MaxValue < BFloat16.PositiveInfinity);
        Assert.True(Float16.IsNaN(Float16.NaN) && BFloat16.IsNaN(BFloat16.NaN) && Float16.IsInfinity(Float16.NegativeInfinity) && BFloat16.IsInfinity(BFloat16.NegativeInfinity));
        Assert.False(Float16.IsFinite(Float16.NaN) || BFloat16.IsFinite(BFloat16.PositiveInfinity) || Float16.NaN >= Float16.Zero || BFloat16.NaN <= BFloat16.Zero);
        Assert.Equal((1, -1), (Float16.One.CompareTo(Float16.Zero), BFloat16.Zero.CompareTo((object)BFloat16.One)));
    }
}
