using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Unreel.Video;

/// <summary>Replaces displacements by the medians over their neighbourhoods of three by three, each axis for itself; the grid's edge repeats.</summary>
internal sealed class MedianFilter
{
    private float[] _across = [];
    private float[] _down = [];

    /// <summary>Filters a grid in place.</summary>
    public void Apply(Span<Vector2> ways, int side)
    {
        // A margin on every side, and behind each row what a vector takes with it.
        int stride = side + 2 + Vector256<float>.Count;
        if (_across.Length < (side + 2) * stride)
            (_across, _down) = (new float[(side + 2) * stride], new float[(side + 2) * stride]);
        for (int row = 0; row < side + 2; row++)
        {
            Span<Vector2> line = ways.Slice(Math.Clamp(row - 1, 0, side - 1) * side, side);
            for (int column = 0; column < side + 2; column++)
                (_across[(row * stride) + column], _down[(row * stride) + column]) = (line[Math.Clamp(column - 1, 0, side - 1)].X, line[Math.Clamp(column - 1, 0, side - 1)].Y);
        }

        for (int row = 0; row < side; row++)
        {
            for (int column = 0; column < side; column += Vector256<float>.Count)
            {
                Vector256<float> across = Medians(ref _across[(row * stride) + column], stride), down = Medians(ref _down[(row * stride) + column], stride);
                for (int i = 0; i < Math.Min(Vector256<float>.Count, side - column); i++)
                    ways[(row * side) + column + i] = new Vector2(across[i], down[i]);
            }
        }
    }

    // Of each column of three the smallest, middle and largest; the median of nine is the median of the largest smallest, the middle
    // middle and the smallest largest.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<float> Medians(ref float corner, int stride)
    {
        (Vector256<float> low0, Vector256<float> middle0, Vector256<float> high0) = Sorted(ref corner, stride);
        (Vector256<float> low1, Vector256<float> middle1, Vector256<float> high1) = Sorted(ref Unsafe.Add(ref corner, 1), stride);
        (Vector256<float> low2, Vector256<float> middle2, Vector256<float> high2) = Sorted(ref Unsafe.Add(ref corner, 2), stride);
        return Middle(
            Vector256.Max(Vector256.Max(low0, low1), low2),
            Middle(middle0, middle1, middle2),
            Vector256.Min(Vector256.Min(high0, high1), high2));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static (Vector256<float> Low, Vector256<float> Middle, Vector256<float> High) Sorted(ref float top, int stride)
    {
        Vector256<float> a = Vector256.LoadUnsafe(ref top), b = Vector256.LoadUnsafe(ref Unsafe.Add(ref top, stride)), c = Vector256.LoadUnsafe(ref Unsafe.Add(ref top, 2 * stride));
        return (Vector256.Min(Vector256.Min(a, b), c), Middle(a, b, c), Vector256.Max(Vector256.Max(a, b), c));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<float> Middle(Vector256<float> a, Vector256<float> b, Vector256<float> c) =>
        Vector256.Max(Vector256.Min(a, b), Vector256.Min(Vector256.Max(a, b), c));
}
