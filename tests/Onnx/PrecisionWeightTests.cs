using System.Runtime.InteropServices;

namespace Unreel.Onnx.Tests;

/// <summary>Weights as small integers, against plain arithmetic.</summary>
public sealed class PrecisionWeightTests
{
    private static readonly MatrixLayout Matrix = new(Inputs: 37, Outputs: 5, OutputsFirst: false);

    [Theory]
    [InlineData(false, 127)]
    [InlineData(true, 127)]
    [InlineData(true, 63)]
    public void A_weight_comes_back_within_half_a_scale_of_its_output(bool outputsFirst, int most)
    {
        MatrixLayout layout = Matrix with { OutputsFirst = outputsFirst };
        float[] weights = Weights(layout);

        float[] scales = WeightRounding.ScalesOf(weights, layout, most);
        sbyte[] codes = WeightRounding.Codes(weights, layout, scales, most);

        for (int output = 0; output < layout.Outputs; output++)
        {
            float[] column = [.. Enumerable.Range(0, layout.Inputs).Select(input => weights[layout.Index(input, output)])];
            Assert.Equal(column.Max(MathF.Abs) / most, scales[output]);
            for (int input = 0; input < layout.Inputs; input++)
            {
                int code = codes[(input * layout.Outputs) + output];
                Assert.InRange(code, -most, most);
                Assert.InRange(Math.Abs((code * scales[output]) - column[input]), 0, 0.5001 * scales[output]);
            }
        }
    }

    [Fact]
    public void An_output_of_zeros_has_a_scale_of_one_and_stays_zero()
    {
        float[] weights = Weights(Matrix);
        for (int input = 0; input < Matrix.Inputs; input++)
            weights[Matrix.Index(input, 3)] = input % 2 == 0 ? 0 : 1e-38f;

        float[] scales = WeightRounding.ScalesOf(weights, Matrix, 127);

        Assert.Equal(1, scales[3]);
        Assert.All(WeightRounding.Codes(weights, Matrix, scales, 127).Where((_, index) => index % Matrix.Outputs == 3), code => Assert.Equal(0, code));
    }

    [Theory]
    [InlineData(float.NaN, "NaN")]
    [InlineData(float.NegativeInfinity, "-Infinity")]
    public void A_weight_that_is_no_number_is_named(float wrong, string text)
    {
        float[] weights = Weights(Matrix);
        weights[17] = wrong;
        var weight = Initializer.Of<float>("blocks.3.attn.proj.weight", ElementType.Float, [37, 5], weights);

        Assert.Equal($"Weight 'blocks.3.attn.proj.weight' cannot be quantised: element 17 is {text}", Assert.Throws<PrecisionException>(() => WeightRounding.ReadFinite(weight)).Message);
    }

    [Theory]
    [InlineData(4, 32, true, false)]
    [InlineData(4, 32, false, true)]
    [InlineData(4, 16, true, true)]
    [InlineData(8, 128, true, true)]
    [InlineData(8, 16, false, false)]
    public void Blocks_come_back_within_half_a_scale(int bits, int size, bool symmetric, bool outputsFirst)
    {
        MatrixLayout layout = Matrix with { OutputsFirst = outputsFirst };
        var format = new BlockFormat(bits, size, symmetric);
        float[] weights = Weights(layout);

        BlockCode[] blocks = BlockRounding.Blocks(weights, layout, format);
        byte[] codes = BlockRounding.Codes(weights, layout, format, blocks);

        int count = (37 + size - 1) / size;
        Assert.Equal(5 * count, blocks.Length);
        for (int output = 0; output < layout.Outputs; output++)
        {
            for (int input = 0; input < layout.Inputs; input++)
            {
                BlockCode block = blocks[(output * count) + (input / size)];
                int code = codes[(output * count * size) + input];
                Assert.InRange(code, 0, (1 << bits) - 1);
                Assert.InRange(Math.Abs(((code - block.Zero) * block.Scale) - weights[layout.Index(input, output)]), 0, 0.5001 * Math.Abs(block.Scale));
            }
        }

        Assert.All(blocks, block => Assert.True(!symmetric || block.Zero == 1 << (bits - 1)));
    }

    // -8 has a code of its own and 8 has not: a block whose farther end is positive is turned around.
    [Theory]
    [InlineData(-1f, 0.5f, 0.125f)]
    [InlineData(1f, -0.5f, -0.125f)]
    [InlineData(1f, -1f, 1f / 7)]
    public void A_symmetric_block_uses_all_its_codes_where_it_can(float one, float other, float scale) =>
        Assert.Equal(scale, BlockCode.Of(Math.Min(one, other), Math.Max(one, other), new BlockFormat(4, 32, Symmetric: true)).Scale, 1e-7f);

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_block_of_zeros_stays_zero(bool symmetric)
    {
        BlockCode block = BlockCode.Of(0, 0, new BlockFormat(4, 32, symmetric));

        Assert.Equal((1f, block.Zero), (block.Scale, block.Code(0, new BlockFormat(4, 32, symmetric))));
    }

    [Fact]
    public void Zero_has_a_code_in_a_block_that_lies_beside_it()
    {
        var format = new BlockFormat(8, 32, Symmetric: false);
        BlockCode block = BlockCode.Of(2, 3, format);

        Assert.Equal((0, 255), (block.Zero, block.Code(3, format)));
        Assert.Equal(3 / 255f, block.Scale);
    }

    [Fact]
    public void Of_two_codes_in_a_byte_the_first_is_in_the_low_half() =>
        Assert.Equal([0x21, 0x43, 0x0F], BlockRounding.Pack([1, 2, 3, 4, 15], 4));

    [Theory]
    [InlineData(1.0f, 0x3F80)]
    [InlineData(1.00390625f, 0x3F80)]
    [InlineData(1.01171875f, 0x3F82)]
    [InlineData(-2.5f, 0xC020)]
    [InlineData(1e-40f, 0x0001)]
    public void Brain_floats_round_to_the_nearest_and_ties_to_even(float value, int bits)
    {
        var weight = Initializer.Of<float>("w", ElementType.Float, [1], new[] { value });

        Assert.Equal([(ushort)bits], MemoryMarshal.Cast<byte, ushort>(HalfPrecision.Convert(weight, ElementType.BFloat16).Span).ToArray());
    }

    [Fact]
    public void A_weight_too_large_for_16_bits_is_named()
    {
        var weight = Initializer.Of<float>("blocks.0.mlp.fc2.weight", ElementType.Float, [3], new[] { 1, 65504f, -65520f });

        Assert.Equal(
            "Weight 'blocks.0.mlp.fc2.weight' does not fit in Float16: element 2 is -65520, at most 65504 is possible",
            Assert.Throws<PrecisionException>(() => HalfPrecision.Convert(weight, ElementType.Float16)).Message);
        Assert.Equal(6, HalfPrecision.Convert(weight, ElementType.BFloat16).Length);
    }

    private static float[] Weights(MatrixLayout layout) => SeededFloats.Uniform(layout.Inputs * layout.Outputs, seed: 5, scale: 0.3f);
}
