using System.Runtime.Intrinsics;

namespace Unreel.Synthesize.Textures.Stylegan;

/// <summary>
/// Weighted sums of rectified channels that differ in their biases alone, sum over i of c_i max(0, u + b_i), as the functions of u
/// that they are: straight between the points where a channel starts.
/// </summary>
/// <remarks>
/// Row k holds slopes and intercepts of sixteen such sums where k different biases are past their start. It is found by a table over u
/// that leads to the neighbourhood, and steps from there.
/// </remarks>
internal sealed class ActivationTable
{
    /// <summary>Sums that are kept side by side.</summary>
    public const int Columns = 16;

    private const int RowLength = 2 * Columns;
    private const int Buckets = 1024;

    private readonly ulong[] _order = new ulong[StyleganShape.MostChannels];
    private readonly float[] _starts = new float[StyleganShape.MostChannels + 1];
    private readonly float[] _rows = new float[(StyleganShape.MostChannels + 1) * RowLength];
    private readonly int[] _buckets = new int[Buckets];
    private readonly double[] _sums = new double[RowLength];
    private float _low;
    private float _scale;

    /// <summary>Takes the channels whose sign is <paramref name="sign"/>.</summary>
    /// <param name="biases">b, one a channel.</param>
    /// <param name="signs">1 or -1, one a channel.</param>
    /// <param name="sign">Which channels to take.</param>
    /// <param name="weights">c, [channel, column].</param>
    public void Build(ReadOnlySpan<float> biases, ReadOnlySpan<float> signs, float sign, ReadOnlySpan<float> weights)
    {
        Span<ulong> order = Sort(biases, signs, sign);
        _sums.AsSpan().Clear();
        StoreRow(0);
        int rows = 0;
        foreach (ulong entry in order)
        {
            int channel = (int)(entry & 0xFFFF);
            float start = -biases[channel];
            if (rows == 0 || start != _starts[rows - 1])
                _starts[rows++] = start;
            Add(biases[channel], weights.Slice(channel * Columns, Columns));
            StoreRow(rows);
        }

        _starts[rows] = float.PositiveInfinity;
        Spread(rows);
    }

    /// <summary>The row for <paramref name="u"/>: slopes, then intercepts.</summary>
    public ref readonly float Row(float u)
    {
        int row = _buckets[Bucket(u)];
        while (_starts[row] < u)
            row++;

        return ref _rows[row * RowLength];
    }

    // Sorted by start; equal ones by channel, so that the sums are added in an order that no sorting method decides.
    private Span<ulong> Sort(ReadOnlySpan<float> biases, ReadOnlySpan<float> signs, float sign)
    {
        int count = 0;
        for (int channel = 0; channel < biases.Length; channel++)
        {
            if (signs[channel] != sign)
                continue;

            uint bits = BitConverter.SingleToUInt32Bits(0f - biases[channel]);
            uint ascending = (bits & 0x8000_0000) == 0 ? bits | 0x8000_0000 : ~bits;
            _order[count++] = ((ulong)ascending << 32) | (uint)channel;
        }

        Span<ulong> order = _order.AsSpan(0, count);
        order.Sort();
        return order;
    }

    private void Add(float bias, ReadOnlySpan<float> weights)
    {
        for (int column = 0; column < Columns; column++)
        {
            double weight = weights[column];
            _sums[column] += weight;
            _sums[Columns + column] += weight * bias;
        }
    }

    private void StoreRow(int row)
    {
        Span<float> stored = _rows.AsSpan(row * RowLength, RowLength);
        for (int i = 0; i < RowLength; i++)
            stored[i] = (float)_sums[i];
    }

    // Bucket(u) never falls as u grows, so a start in an earlier bucket lies below every u of this one.
    private void Spread(int rows)
    {
        _low = rows > 0 ? _starts[0] : 0;
        float range = rows > 0 ? _starts[rows - 1] - _low : 0;
        _scale = range > 0 ? Buckets / range : 0;
        int row = 0;
        for (int bucket = 0; bucket < Buckets; bucket++)
        {
            while (row < rows && Bucket(_starts[row]) < bucket)
                row++;
            _buckets[bucket] = row;
        }
    }

    private int Bucket(float u) => (int)Math.Clamp((u - _low) * _scale, 0f, Buckets - 1f);

    /// <summary>The sums for one pixel of two tables, one in u and one in v: columns 0 to 15.</summary>
    public static void Evaluate(ActivationTable positive, float u, ActivationTable negative, float v, Span<Vector256<float>> sums)
    {
        ref readonly float p = ref positive.Row(u);
        ref readonly float n = ref negative.Row(v);
        Vector256<float> us = Vector256.Create(u), vs = Vector256.Create(v);
        sums[0] = Half(in p, us, 0) + Half(in n, vs, 0);
        sums[1] = Half(in p, us, 8) + Half(in n, vs, 8);
    }

    /// <summary>The last four sums alone.</summary>
    public static Vector128<float> EvaluateLast(ActivationTable positive, float u, ActivationTable negative, float v)
    {
        const nuint Last = Columns - 4;
        ref readonly float p = ref positive.Row(u);
        ref readonly float n = ref negative.Row(v);
        return ((Vector128.LoadUnsafe(in p, Last) * u) + Vector128.LoadUnsafe(in p, Columns + Last))
            + ((Vector128.LoadUnsafe(in n, Last) * v) + Vector128.LoadUnsafe(in n, Columns + Last));
    }

    private static Vector256<float> Half(ref readonly float row, Vector256<float> u, nuint first) =>
        (Vector256.LoadUnsafe(in row, first) * u) + Vector256.LoadUnsafe(in row, Columns + first);
}
