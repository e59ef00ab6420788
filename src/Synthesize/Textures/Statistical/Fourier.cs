using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using Unreel.Synthesize.Rendering;

namespace Unreel.Synthesize.Textures.Statistical;

/// <summary>
/// The Fourier transform of a square picture of complex numbers, real and imaginary parts in planes of their own. Each lane
/// of a vector is a column, so that the order of additions, and with it every bit, is the same on every machine.
/// </summary>
/// <remarks>
/// Decimation in frequency by four, and by two at the end where the side is not a power of four, over strips of eight
/// columns that stay in the first-level cache; a strip is written transposed and sorted, and two such passes are the whole.
/// </remarks>
internal sealed class Fourier
{
    private const int Lanes = 8;
    private const MethodImplOptions Hot = MethodImplOptions.AggressiveOptimization;
    private readonly int _side;
    private readonly float[] _cos;
    private readonly float[] _sin;
    private readonly int[] _places;
    private readonly float[] _stripRe;
    private readonly float[] _stripIm;
    private readonly float[] _turnedRe;
    private readonly float[] _turnedIm;

    /// <param name="side">Rows and columns: a power of two of 8 or more.</param>
    public Fourier(int side)
    {
        _side = side;
        (_cos, _sin) = (new float[side], new float[side]);
        for (int k = 0; k < side; k++)
        {
            (double cos, double sin) = Turn.CosSin((double)k / side);
            (_cos[k], _sin[k]) = ((float)cos, (float)sin);
        }

        _places = new int[side];
        for (int place = 0; place < side; place++)
            _places[Frequency(place, side)] = place * Lanes;
        (_stripRe, _stripIm) = (new float[side * Lanes], new float[side * Lanes]);
        (_turnedRe, _turnedIm) = (new float[side * side], new float[side * side]);
    }

    /// <summary>
    /// Transforms in place, forward and not scaled: X[k] = sum of x[n] exp(-2 pi i (k n) / side). Backward is the same
    /// with the two planes exchanged.
    /// </summary>
    /// <param name="re">Real parts, [row, column]; then [frequency down, frequency across], negative ones in the upper half.</param>
    /// <param name="im">Imaginary parts.</param>
    public void Transform(Span<float> re, Span<float> im)
    {
        Pass(re, im, _turnedRe, _turnedIm);
        Pass(_turnedRe, _turnedIm, re, im);
    }

    // Where a strip's row ends up: the first stage leaves the frequencies that are q modulo 4 in its q-th quarter.
    private static int Frequency(int place, int side)
    {
        int frequency = 0;
        for (int weight = 1; side > 1;)
        {
            int parts = side == 2 ? 2 : 4;
            side /= parts;
            frequency += place / side * weight;
            (place, weight) = (place % side, weight * parts);
        }

        return frequency;
    }

    [MethodImpl(Hot)]
    private void Pass(ReadOnlySpan<float> fromRe, ReadOnlySpan<float> fromIm, Span<float> toRe, Span<float> toIm)
    {
        ref float stripRe = ref MemoryMarshal.GetArrayDataReference(_stripRe);
        ref float stripIm = ref MemoryMarshal.GetArrayDataReference(_stripIm);
        for (int column = 0; column < _side; column += Lanes)
        {
            ref float re = ref Unsafe.AsRef(in fromRe[column]);
            ref float im = ref Unsafe.AsRef(in fromIm[column]);
            Stage(ref re, ref im, _side, ref stripRe, ref stripIm, _side);
            int length = _side / 4;
            for (; length >= 4; length /= 4)
                Stage(ref stripRe, ref stripIm, Lanes, ref stripRe, ref stripIm, length);
            if (length == 2)
                Pairs(ref stripRe, ref stripIm);
            Write(ref stripRe, ref toRe[column * _side]);
            Write(ref stripIm, ref toIm[column * _side]);
        }
    }

    /// <summary>One stage by four on every block of <paramref name="length"/> rows.</summary>
    [MethodImpl(Hot)]
    private void Stage(ref float fromRe, ref float fromIm, int fromPitch, ref float toRe, ref float toIm, int length)
    {
        int quarter = length / 4;
        (nuint fromStep, nuint toStep) = ((nuint)(quarter * fromPitch), (nuint)(quarter * Lanes));
        for (int j = 0; j < quarter; j++)
        {
            int turn = j * (_side / length);
            (float c1, float c2, float c3) = (_cos[turn], _cos[2 * turn], _cos[3 * turn]);
            (float s1, float s2, float s3) = (_sin[turn], _sin[2 * turn], _sin[3 * turn]);
            for (int row = j; row < _side; row += length)
            {
                nuint from = (nuint)(row * fromPitch), to = (nuint)(row * Lanes);
                Vector256<float> ar = Vector256.LoadUnsafe(ref fromRe, from), ai = Vector256.LoadUnsafe(ref fromIm, from);
                Vector256<float> br = Vector256.LoadUnsafe(ref fromRe, from + fromStep), bi = Vector256.LoadUnsafe(ref fromIm, from + fromStep);
                Vector256<float> cr = Vector256.LoadUnsafe(ref fromRe, from + (2 * fromStep)), ci = Vector256.LoadUnsafe(ref fromIm, from + (2 * fromStep));
                Vector256<float> dr = Vector256.LoadUnsafe(ref fromRe, from + (3 * fromStep)), di = Vector256.LoadUnsafe(ref fromIm, from + (3 * fromStep));
                Vector256<float> sumR = ar + cr, sumI = ai + ci, otherR = br + dr, otherI = bi + di;
                Vector256<float> lessR = ar - cr, lessI = ai - ci, turnR = bi - di, turnI = dr - br;
                (sumR + otherR).StoreUnsafe(ref toRe, to);
                (sumI + otherI).StoreUnsafe(ref toIm, to);
                Turned(lessR + turnR, lessI + turnI, c1, s1, ref toRe, ref toIm, to + toStep);
                Turned(sumR - otherR, sumI - otherI, c2, s2, ref toRe, ref toIm, to + (2 * toStep));
                Turned(lessR - turnR, lessI - turnI, c3, s3, ref toRe, ref toIm, to + (3 * toStep));
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Turned(Vector256<float> re, Vector256<float> im, float cos, float sin, ref float toRe, ref float toIm, nuint to)
    {
        ((re * cos) + (im * sin)).StoreUnsafe(ref toRe, to);
        ((im * cos) - (re * sin)).StoreUnsafe(ref toIm, to);
    }

    [MethodImpl(Hot)]
    private void Pairs(ref float re, ref float im)
    {
        for (nuint place = 0; place < (nuint)(_side * Lanes); place += 2 * Lanes)
        {
            Pair(ref re, place);
            Pair(ref im, place);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Pair(ref float values, nuint place)
    {
        Vector256<float> first = Vector256.LoadUnsafe(ref values, place), second = Vector256.LoadUnsafe(ref values, place + Lanes);
        (first + second).StoreUnsafe(ref values, place);
        (first - second).StoreUnsafe(ref values, place + Lanes);
    }

    /// <summary>Writes a strip as eight rows, its rows in the order of their frequencies.</summary>
    [MethodImpl(Hot)]
    private void Write(ref float strip, ref float rows)
    {
        if (!Avx.IsSupported)
        {
            for (int k = 0; k < _side; k++)
            {
                for (int lane = 0; lane < Lanes; lane++)
                    Unsafe.Add(ref rows, (lane * _side) + k) = Unsafe.Add(ref strip, _places[k] + lane);
            }

            return;
        }

        ref int places = ref MemoryMarshal.GetArrayDataReference(_places);
        for (int k = 0; k < _side; k += Lanes)
            Transpose(ref strip, ref Unsafe.Add(ref places, k), ref Unsafe.Add(ref rows, k), (nuint)_side);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Transpose(ref float strip, ref int places, ref float to, nuint pitch)
    {
        for (int half = 0; half < 2; half++)
        {
            // Rows i and i + 4 side by side, so that all that is left is within 128 bits.
            Vector256<float> a = Both(ref strip, ref places, half, 0), b = Both(ref strip, ref places, half, 1);
            Vector256<float> c = Both(ref strip, ref places, half, 2), d = Both(ref strip, ref places, half, 3);
            Vector256<float> ab = Avx.UnpackLow(a, b), cd = Avx.UnpackLow(c, d), ba = Avx.UnpackHigh(a, b), dc = Avx.UnpackHigh(c, d);
            nuint row = (nuint)half * 4 * pitch;
            Avx.Shuffle(ab, cd, 0b01_00_01_00).StoreUnsafe(ref to, row);
            Avx.Shuffle(ab, cd, 0b11_10_11_10).StoreUnsafe(ref to, row + pitch);
            Avx.Shuffle(ba, dc, 0b01_00_01_00).StoreUnsafe(ref to, row + (2 * pitch));
            Avx.Shuffle(ba, dc, 0b11_10_11_10).StoreUnsafe(ref to, row + (3 * pitch));
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<float> Both(ref float strip, ref int places, int half, int row)
    {
        Vector128<float> low = Vector128.LoadUnsafe(ref strip, (nuint)(Unsafe.Add(ref places, row) + (half * 4)));
        Vector128<float> high = Vector128.LoadUnsafe(ref strip, (nuint)(Unsafe.Add(ref places, row + 4) + (half * 4)));
        return Vector256.Create(low, high);
    }
}
