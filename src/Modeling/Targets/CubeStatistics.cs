using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using TorchSharp;
using static TorchSharp.torch;

namespace Unreel.Modeling;

/// <summary>
/// What is done to whole cubes of bytes in the processor's memory, in one pass instead of one for each operator. The channel varies
/// fastest, so that 16 pixels fill three vectors in which every lane always holds the same channel.
/// </summary>
internal static class CubeStatistics
{
    private const int Channels = 3, Lanes = 16, Group = Channels * Lanes;

    /// <summary>Whether cubes are bytes in the processor's memory.</summary>
    public static bool Suits(Tensor cubes) => cubes.device_type == DeviceType.CPU && cubes.dtype == ScalarType.Byte && cubes.is_contiguous();

    /// <summary>Numbered cubes normalised each: from uint8 [B, N, C] and int64 [B, M] to float [B, M, C].</summary>
    public static Tensor Normalised(Tensor cubesBNC, Tensor tokensBM, double epsilon)
    {
        (long clips, long values) = (cubesBNC.shape[0], cubesBNC.shape[2]);
        using Tensor numbersBM = tokensBM.contiguous();
        Tensor resultBMC = empty(clips, numbersBM.shape[1], values);
        EachClip(clips, clip =>
        {
            using Tensor cubes = cubesBNC.select(0, clip), tokens = numbersBM.select(0, clip), result = resultBMC.select(0, clip);
            int length = (int)values;
            Span<float> target = MemoryMarshal.Cast<byte, float>(result.bytes);
            foreach (long token in MemoryMarshal.Cast<byte, long>(tokens.bytes))
            {
                Normalise(cubes.bytes.Slice((int)token * length, length), epsilon, target[..length]);
                target = target[length..];
            }
        });
        return resultBMC;
    }

    /// <summary>Bytes times a scale, plus a shift, for each channel: from uint8 [B, ...] to float of that shape.</summary>
    public static Tensor Scaled(Tensor cubes, float[] scales, float[] shifts)
    {
        Tensor result = empty(cubes.shape);
        EachClip(cubes.shape[0], clip =>
        {
            using Tensor from = cubes.select(0, clip), to = result.select(0, clip);
            Scale(from.bytes, scales, shifts, MemoryMarshal.Cast<byte, float>(to.bytes));
        });
        return result;
    }

    private static void EachClip(long clips, Action<long> work)
    {
        // Dispose scopes belong to the thread that opened them: tensors made here are disposed of by hand.
        Parallel.For(0, clips, new ParallelOptions { MaxDegreeOfParallelism = get_num_threads() }, work);
    }

    /// <summary>Each cube's pixels from 0 to 1, less their mean, over their unbiased deviation plus an epsilon, for each channel.</summary>
    /// <param name="cube">One cube.</param>
    /// <param name="epsilon">Added to the deviation.</param>
    /// <param name="result">As many floats.</param>
    public static void Normalise(ReadOnlySpan<byte> cube, double epsilon, Span<float> result)
    {
        Span<long> sums = stackalloc long[Channels], squares = stackalloc long[Channels];
        Sum(cube, sums, squares);
        Span<float> scales = stackalloc float[Channels], shifts = stackalloc float[Channels];
        double pixels = cube.Length / Channels;
        for (int channel = 0; channel < Channels; channel++)
        {
            // Sums of bytes are exact, so the difference of large numbers loses nothing.
            double variance = ((squares[channel] * pixels) - ((double)sums[channel] * sums[channel])) / (pixels * (pixels - 1));
            double scale = 1 / ((Math.Sqrt(variance) / byte.MaxValue) + epsilon) / byte.MaxValue;
            scales[channel] = (float)scale;
            shifts[channel] = (float)(-sums[channel] / pixels * scale);
        }

        Scale(cube, scales, shifts, result);
    }

    /// <summary>Bytes times a scale, plus a shift, for each channel.</summary>
    public static void Scale(ReadOnlySpan<byte> cube, ReadOnlySpan<float> scales, ReadOnlySpan<float> shifts, Span<float> result)
    {
        Span<float> scaleLanes = stackalloc float[Group], shiftLanes = stackalloc float[Group];
        for (int lane = 0; lane < Group; lane++)
            (scaleLanes[lane], shiftLanes[lane]) = (scales[lane % Channels], shifts[lane % Channels]);

        int place = 0;
        for (; place + Group <= cube.Length; place += Group)
        {
            for (int part = 0; part < Group; part += Lanes)
            {
                Vector512<float> pixels = Vector512.ConvertToSingle(Widen(cube[(place + part)..]));
                Vector512<float> scaled = (pixels * Vector512.Create<float>(scaleLanes[part..])) + Vector512.Create<float>(shiftLanes[part..]);
                scaled.CopyTo(result[(place + part)..]);
            }
        }

        for (; place < cube.Length; place++)
            result[place] = (cube[place] * scales[place % Channels]) + shifts[place % Channels];
    }

    private static void Sum(ReadOnlySpan<byte> cube, Span<long> sums, Span<long> squares)
    {
        int place = 0;
        // A lane of 32 bits could overflow after 33,025 squares of bytes: a block of this many groups stays far below.
        const int Block = 4096 * Group;
        while (place + Group <= cube.Length)
        {
            int length = Math.Min(Block, (cube.Length - place) / Group * Group);
            SumBlock(cube.Slice(place, length), sums, squares);
            place += length;
        }

        for (; place < cube.Length; place++)
        {
            sums[place % Channels] += cube[place];
            squares[place % Channels] += cube[place] * cube[place];
        }
    }

    private static void SumBlock(ReadOnlySpan<byte> block, Span<long> sums, Span<long> squares)
    {
        Span<int> lanes = stackalloc int[Group], squareLanes = stackalloc int[Group];
        for (int part = 0; part < Group; part += Lanes)
        {
            Vector512<int> sum = Vector512<int>.Zero, square = Vector512<int>.Zero;
            for (int place = part; place < block.Length; place += Group)
            {
                Vector512<int> pixels = Widen(block[place..]);
                sum += pixels;
                square += pixels * pixels;
            }

            sum.CopyTo(lanes[part..]);
            square.CopyTo(squareLanes[part..]);
        }

        for (int lane = 0; lane < Group; lane++)
        {
            sums[lane % Channels] += lanes[lane];
            squares[lane % Channels] += squareLanes[lane];
        }
    }

    private static Vector512<int> Widen(ReadOnlySpan<byte> from)
    {
        (Vector128<ushort> low, Vector128<ushort> high) = Vector128.Widen(Vector128.Create(from));
        (Vector128<uint> first, Vector128<uint> second) = Vector128.Widen(low);
        (Vector128<uint> third, Vector128<uint> fourth) = Vector128.Widen(high);
        return Vector512.Create(Vector256.Create(first, second), Vector256.Create(third, fourth)).AsInt32();
    }
}
