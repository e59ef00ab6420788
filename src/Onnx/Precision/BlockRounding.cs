namespace Unreel.Onnx;

/// <summary>Weights in blocks along the inputs, each with a scale and a zero point of its own.</summary>
/// <param name="Bits">Bits of a code, 4 or 8.</param>
/// <param name="Size">Inputs of a block; the last block of an output may hold fewer.</param>
/// <param name="Symmetric">Whether the zero point is the middle code, and need not be kept.</param>
internal readonly record struct BlockFormat(int Bits, int Size, bool Symmetric)
{
    /// <summary>Codes go from 0 to this.</summary>
    internal int Most => (1 << Bits) - 1;

    /// <summary>The code in the middle, which stands for zero where blocks are symmetric.</summary>
    internal int Middle => 1 << (Bits - 1);

    /// <summary>Blocks of an output.</summary>
    internal int BlocksOf(int inputs) => (inputs + Size - 1) / Size;
}

/// <summary>One block: <c>weight = (code - Zero) * Scale</c>.</summary>
internal readonly record struct BlockCode(float Scale, byte Zero)
{
    // A scale must have a finite inverse; weights that small are none.
    private const float Least = 1e-30f;

    internal byte Code(float value, BlockFormat format) =>
        (byte)Math.Clamp(MathF.Round(value / Scale, MidpointRounding.ToEven) + Zero, 0, format.Most);

    /// <summary>Chooses the scale and zero point by the extremes of a block's weights.</summary>
    internal static BlockCode Of(float least, float most, BlockFormat format)
    {
        if (format.Symmetric)
            return new BlockCode(ScaleOfSymmetric(least, most, format), (byte)format.Middle);

        // Zero must have a code of its own: padding and pruned weights are exact.
        (least, most) = (MathF.Min(least, 0), MathF.Max(most, 0));
        float scale = (most - least) / format.Most;
        return scale < Least ? new BlockCode(1, (byte)format.Middle) : new BlockCode(scale, (byte)Math.Clamp(MathF.Round(-least / scale), 0, format.Most));
    }

    // There is one code more below the middle than above. The extreme that is farther out gets it, where a negative scale turns the block
    // around; unless the other extreme would then be cut off.
    private static float ScaleOfSymmetric(float least, float most, BlockFormat format)
    {
        (float extreme, float other) = -least > most ? (least, most) : (most, least);
        float scale = -extreme / format.Middle;
        bool fits = MathF.Abs(other) <= (format.Middle - 0.5f) * MathF.Abs(scale) || extreme * other > 0;
        if (!fits)
            scale = MathF.Abs(extreme) / (format.Middle - 1);
        return MathF.Abs(scale) < Least ? 1 : scale;
    }
}

/// <summary>Rounds a matrix block by block, output by output.</summary>
internal static class BlockRounding
{
    /// <summary>Returns the blocks of a matrix, [outputs, blocks].</summary>
    internal static BlockCode[] Blocks(ReadOnlySpan<float> weights, MatrixLayout layout, BlockFormat format)
    {
        int blocks = format.BlocksOf(layout.Inputs);
        var result = new BlockCode[layout.Outputs * blocks];
        for (int output = 0; output < layout.Outputs; output++)
        {
            for (int block = 0; block < blocks; block++)
                result[(output * blocks) + block] = Block(weights, layout, format, output, block);
        }

        return result;
    }

    /// <summary>Returns the codes, one to a byte, [outputs, blocks * size]; what fills the last block stands for zero.</summary>
    internal static byte[] Codes(ReadOnlySpan<float> weights, MatrixLayout layout, BlockFormat format, BlockCode[] blocks)
    {
        int count = format.BlocksOf(layout.Inputs);
        byte[] codes = new byte[layout.Outputs * count * format.Size];
        for (int output = 0; output < layout.Outputs; output++)
        {
            for (int input = 0; input < count * format.Size; input++)
            {
                BlockCode block = blocks[(output * count) + (input / format.Size)];
                codes[(output * count * format.Size) + input] = input < layout.Inputs ? block.Code(weights[layout.Index(input, output)], format) : block.Zero;
            }
        }

        return codes;
    }

    /// <summary>Packs codes two to a byte where they have 4 bits, the first in the low half.</summary>
    internal static byte[] Pack(byte[] codes, int bits)
    {
        if (bits == 8)
            return codes;

        byte[] packed = new byte[(codes.Length + 1) / 2];
        for (int i = 0; i < codes.Length; i++)
            packed[i / 2] |= (byte)((codes[i] & 0xF) << (i % 2 * 4));
        return packed;
    }

    private static BlockCode Block(ReadOnlySpan<float> weights, MatrixLayout layout, BlockFormat format, int output, int block)
    {
        (float least, float most) = (float.MaxValue, float.MinValue);
        for (int input = block * format.Size; input < Math.Min((block + 1) * format.Size, layout.Inputs); input++)
        {
            float weight = weights[layout.Index(input, output)];
            (least, most) = (MathF.Min(least, weight), MathF.Max(most, weight));
        }

        return BlockCode.Of(least, most, format);
    }
}
