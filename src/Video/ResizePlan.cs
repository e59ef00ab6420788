using System.Buffers;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Unreel.Video;

/// <summary>One resizing worked out once, to be applied to many frames. For one thread at a time.</summary>
internal sealed class ResizePlan : IDisposable
{
    private const int MiddleShift = 8;
    private const int FinalShift = 22;

    // Vector code that has not been optimised yet is a hundred times slower, and a short run would see little else.
    private const MethodImplOptions Hot = MethodImplOptions.AggressiveOptimization;
    private readonly FrameSize _from;
    private readonly FrameSize _to;
    private readonly ResizeWeights _columns;
    private readonly ResizeWeights _rows;
    private readonly int _left;
    private readonly int _width;
    private int[] _sums;
    private ushort[] _middle;

    private ResizePlan(FrameSize from, FrameSize to, ResizeWeights columns, ResizeWeights rows)
    {
        (_from, _to, _columns, _rows) = (from, to, columns, rows);
        _left = columns.First[0];
        _width = columns.First[^1] + columns.Count[^1] - _left;
        _sums = ArrayPool<int>.Shared.Rent(_width * 3);
        _middle = ArrayPool<ushort>.Shared.Rent((_width * 3) + 1);
    }

    /// <summary>Works out how to bring <paramref name="box"/> of a picture to <paramref name="to"/>.</summary>
    /// <exception cref="ArgumentException">A size is not positive, or the box leaves the picture.</exception>
    public static ResizePlan Create(FrameSize from, CropBox box, FrameSize to)
    {
        if (from.Width < 1 || from.Height < 1 || to.Width < 1 || to.Height < 1)
            throw new ArgumentException($"A picture of {from} cannot be resized to {to}: sides are at least 1.");
        const double Slack = 1e-6;
        if (!(box.Width > 0 && box.Height > 0 && box.Left >= -Slack && box.Top >= -Slack && box.Left + box.Width <= from.Width + Slack && box.Top + box.Height <= from.Height + Slack))
            throw new ArgumentException($"{box} does not lie inside a picture of {from}.", nameof(box));

        var columns = ResizeWeights.Create(from.Width, box.Left, box.Width, to.Width);
        return new ResizePlan(from, to, columns, ResizeWeights.Create(from.Height, box.Top, box.Height, to.Height));
    }

    /// <summary>Resizes one frame.</summary>
    public void Apply(ReadOnlySpan<byte> source, Span<byte> target)
    {
        if (source.Length != (long)_from.Width * _from.Height * 3)
            throw new ArgumentException($"A picture of {_from} has {(long)_from.Width * _from.Height * 3} bytes, not {source.Length}.", nameof(source));
        if (target.Length != (long)_to.Width * _to.Height * 3)
            throw new ArgumentException($"A picture of {_to} has {(long)_to.Width * _to.Height * 3} bytes, not {target.Length}.", nameof(target));

        for (int row = 0; row < _to.Height; row++)
        {
            Span<byte> output = target.Slice(row * _to.Width * 3, _to.Width * 3);
            if (_rows.IsCopy && _columns.IsCopy)
                Row(source, _rows.First[row]).CopyTo(output);
            else
                Across(Down(source, row), output);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        ArrayPool<int>.Shared.Return(_sums);
        ArrayPool<ushort>.Shared.Return(_middle);
        (_sums, _middle) = ([], []);
    }

    private ReadOnlySpan<byte> Row(ReadOnlySpan<byte> source, int row) => source.Slice(((row * _from.Width) + _left) * 3, _width * 3);

    /// <summary>The weighted sum of the source rows that take part in one target row, in 15 bits.</summary>
    [MethodImpl(Hot)]
    private ReadOnlySpan<ushort> Down(ReadOnlySpan<byte> source, int row)
    {
        Span<int> sums = _sums.AsSpan(0, _width * 3);
        sums.Fill(1 << (MiddleShift - 1));
        for (int tap = 0; tap < _rows.Count[row]; tap++)
            Accumulate(Row(source, _rows.First[row] + tap), _rows.Weights[(row * _rows.Taps) + tap], sums);

        Span<ushort> middle = _middle.AsSpan(0, sums.Length + 1);
        int i = 0;
        for (; i <= sums.Length - Vector256<int>.Count; i += Vector256<int>.Count)
        {
            Vector256<int> narrow = Vector256.LoadUnsafe(ref sums[i]) >> MiddleShift;
            Vector128.Narrow(narrow.GetLower().AsUInt32(), narrow.GetUpper().AsUInt32()).StoreUnsafe(ref middle[i]);
        }

        for (; i < sums.Length; i++)
            middle[i] = (ushort)(sums[i] >> MiddleShift);
        return middle;
    }

    [MethodImpl(Hot)]
    private static void Accumulate(ReadOnlySpan<byte> pixels, int weight, Span<int> sums)
    {
        int i = 0;
        Vector256<int> factor = Vector256.Create(weight);
        ref byte first = ref MemoryMarshal.GetReference(pixels);
        for (; i <= sums.Length - 16; i += 16)
        {
            Vector256<ushort> wide = Vector256.WidenLower(Vector128.LoadUnsafe(ref first, (nuint)i).ToVector256Unsafe());
            (Vector256<uint> low, Vector256<uint> high) = Vector256.Widen(wide);
            (Vector256.LoadUnsafe(ref sums[i]) + (low.AsInt32() * factor)).StoreUnsafe(ref sums[i]);
            (Vector256.LoadUnsafe(ref sums[i + 8]) + (high.AsInt32() * factor)).StoreUnsafe(ref sums[i + 8]);
        }

        for (; i < sums.Length; i++)
            sums[i] += pixels[i] * weight;
    }

    /// <summary>The weighted sums along one row. Pixels are taken four values at a time; the fourth is the next pixel's and is dropped.</summary>
    [MethodImpl(Hot)]
    private void Across(ReadOnlySpan<ushort> middle, Span<byte> output)
    {
        ref ushort first = ref MemoryMarshal.GetReference(middle);
        for (int column = 0; column < _to.Width; column++)
        {
            nuint place = (nuint)((_columns.First[column] - _left) * 3);
            Vector128<int> sum = Vector128.Create(1 << (FinalShift - 1));
            ReadOnlySpan<int> weights = _columns.Weights.AsSpan(column * _columns.Taps, _columns.Count[column]);
            foreach (int weight in weights)
            {
                Vector64<ushort> pixel = Vector64.LoadUnsafe(ref first, place);
                sum += Vector128.WidenLower(pixel.ToVector128Unsafe()).AsInt32() * weight;
                place += 3;
            }

            sum >>= FinalShift;
            output[column * 3] = (byte)sum[0];
            output[(column * 3) + 1] = (byte)sum[1];
            output[(column * 3) + 2] = (byte)sum[2];
        }
    }
}
