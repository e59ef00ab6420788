using System.Numerics;
using System.Runtime.InteropServices;

namespace Unreel.Synthesize.Rendering;

/// <summary>
/// Which pixels of a frame are still open: one bit each. Objects are drawn front to back and take only open pixels, so
/// that a hidden one costs no more than finding that out.
/// </summary>
/// <remarks>Words stand column by column: [word of 64 pixels, row], so that a box is tested down its rows with vectors.</remarks>
internal sealed class Coverage(int side)
{
    private readonly ulong[] _open = new ulong[(side + 63) / 64 * side];

    /// <summary>The number of pixels still open.</summary>
    public int Remaining { get; private set; }

    /// <summary>Opens every pixel.</summary>
    public void Clear()
    {
        _open.AsSpan().Fill(ulong.MaxValue);
        if (side % 64 != 0)
            _open.AsSpan(side / 64 * side).Fill((1ul << (side % 64)) - 1);

        Remaining = side * side;
    }

    /// <summary>Whether a box on the canvas, ends included, has an open pixel.</summary>
    public bool HasOpen(int left, int top, int right, int bottom)
    {
        for (int word = left >> 6; word <= right >> 6; word++)
        {
            ReadOnlySpan<ulong> rows = _open.AsSpan((word * side) + top, bottom - top + 1);
            if (AnyOpen(rows, Mask(word, left, right)))
                return true;
        }

        return false;
    }

    /// <summary>Takes the open pixels of a word in columns <paramref name="left"/> to <paramref name="right"/>; they are open no more.</summary>
    public ulong Take(int word, int row, int left, int right)
    {
        ref ulong open = ref _open[(word * side) + row];
        ulong taken = open & Mask(word, left, right);
        open ^= taken;
        Remaining -= BitOperations.PopCount(taken);
        return taken;
    }

    private static ulong Mask(int word, int left, int right)
    {
        int low = left - (word << 6), high = right - (word << 6);
        ulong mask = low > 0 ? ulong.MaxValue << low : ulong.MaxValue;
        return high < 63 ? mask & ((2ul << high) - 1) : mask;
    }

    private static bool AnyOpen(ReadOnlySpan<ulong> rows, ulong mask)
    {
        ReadOnlySpan<Vector<ulong>> blocks = MemoryMarshal.Cast<ulong, Vector<ulong>>(rows);
        var union = Vector<ulong>.Zero;
        foreach (Vector<ulong> block in blocks)
            union |= block;

        ulong rest = 0;
        foreach (ulong row in rows[(blocks.Length * Vector<ulong>.Count)..])
            rest |= row;

        return (rest & mask) != 0 || (union & new Vector<ulong>(mask)) != Vector<ulong>.Zero;
    }
}
