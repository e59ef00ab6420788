using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Unreel.Synthesize.Rendering;

/// <summary>
/// Which pixels of a frame are still open: one bit each. Objects are drawn front to back and take only open pixels, so
/// that a hidden one costs no more than finding that out.
/// </summary>
/// <remarks>
/// Words stand column by column: [word of 64 pixels, row]. A second bit a word says whether any of it is open, so that
/// whole stretches of closed rows are passed over at once.
/// </remarks>
internal sealed class Coverage(int side)
{
    private const int GroupRows = 64;

    private readonly int _groups = (side + 63) / GroupRows;
    private readonly int _stride = (side + 63) / GroupRows * GroupRows;
    private readonly ulong[] _open = new ulong[(side + 63) / 64 * ((side + 63) / GroupRows * GroupRows)];
    private readonly ulong[] _rows = new ulong[(side + 63) / 64 * ((side + 63) / GroupRows)];

    /// <summary>The number of pixels still open.</summary>
    public int Remaining { get; private set; }

    /// <summary>Opens every pixel. What lies beyond the canvas in the last words and rows is never open.</summary>
    public void Clear()
    {
        for (int word = 0; word < _groups; word++)
        {
            _open.AsSpan(word * _stride, side).Fill(Bits.Between(0, side - 1 - (word << 6)));
            for (int group = 0; group < _groups; group++)
                _rows[(word * _groups) + group] = Bits.Between(0, side - 1 - (group << 6));
        }

        Remaining = side * side;
    }

    /// <summary>The rows of a group of 64, one bit each, in which a word has an open pixel.</summary>
    public ulong OpenRows(int group, int word) => _rows[(word * _groups) + group];

    /// <summary>The rows of a group of 64, one bit each, that have an open pixel in columns <paramref name="left"/> to <paramref name="right"/>.</summary>
    public ulong OpenRows(int group, int left, int right)
    {
        ulong rows = 0;
        for (int word = left >> 6; word <= right >> 6; word++)
        {
            ulong some = _rows[(word * _groups) + group], mask = Bits.Between(left - (word << 6), right - (word << 6));
            rows |= some == 0 || mask == ulong.MaxValue ? some : some & OpenRows(word, group, mask);
        }

        return rows;
    }

    /// <summary>Takes the open pixels of a word from four rows, each from its first column to its last; they are open no more.</summary>
    /// <param name="word">Which word of the rows.</param>
    /// <param name="row">The first row, a multiple of four.</param>
    /// <param name="first">The first column of every row of the canvas.</param>
    /// <param name="last">The last column, smaller than the first where a row has none.</param>
    /// <param name="taken">Receives a bit for every pixel taken, four words.</param>
    /// <returns>Which of the four rows had any, a bit each.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public uint Take(int word, int row, ReadOnlySpan<int> first, ReadOnlySpan<int> last, Span<ulong> taken)
    {
        ref ulong open = ref _open[(word * _stride) + row];
        Vector256<ulong> before = Vector256.LoadUnsafe(ref open);
        Vector256<ulong> wanted = before & Columns(word << 6, Four(first, row), Four(last, row));
        Vector256<ulong> after = before ^ wanted;
        after.StoreUnsafe(ref open);
        wanted.CopyTo(taken);

        uint none = Vector256.Equals(wanted, Vector256<ulong>.Zero).ExtractMostSignificantBits();
        uint closed = Vector256.Equals(after, Vector256<ulong>.Zero).ExtractMostSignificantBits();
        _rows[(word * _groups) + (row >> 6)] &= ~((ulong)closed << row);
        return none ^ 15;
    }

    /// <summary>Notes how many pixels were taken.</summary>
    public void Count(int taken) => Remaining -= taken;

    private static Vector128<int> Four(ReadOnlySpan<int> rows, int row) => Vector128.Create(rows.Slice(row, 4));

    // Bits first to last of a word that starts at a column. A shift by 64 or more leaves nothing, which is what is meant.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<ulong> Columns(int origin, Vector128<int> first, Vector128<int> last)
    {
        Vector128<int> low = Vector128.Max(first - Vector128.Create(origin), Vector128<int>.Zero);
        Vector128<int> high = Vector128.Max(Vector128.Create(origin + 63) - last, Vector128<int>.Zero);
        if (Avx2.IsSupported)
        {
            return Avx2.ShiftLeftLogicalVariable(Vector256<ulong>.AllBitsSet, Avx2.ConvertToVector256Int64(low).AsUInt64())
                & Avx2.ShiftRightLogicalVariable(Vector256<ulong>.AllBitsSet, Avx2.ConvertToVector256Int64(high).AsUInt64());
        }

        return Vector256.Create(Columns(low[0], high[0]), Columns(low[1], high[1]), Columns(low[2], high[2]), Columns(low[3], high[3]));
    }

    private static ulong Columns(int low, int high) => low > 63 || high > 63 ? 0 : (ulong.MaxValue << low) & (ulong.MaxValue >> high);

    private ulong OpenRows(int word, int group, ulong mask)
    {
        ref ulong open = ref MemoryMarshal.GetArrayDataReference(_open);
        nuint start = (nuint)((word * _stride) + (group * GroupRows));
        var wanted = Vector512.Create(mask);
        ulong closed = 0;
        for (int row = 0; row < GroupRows; row += Vector512<ulong>.Count)
        {
            Vector512<ulong> words = Vector512.LoadUnsafe(ref open, start + (nuint)row) & wanted;
            closed |= Vector512.Equals(words, Vector512<ulong>.Zero).ExtractMostSignificantBits() << row;
        }

        return ~closed;
    }
}
