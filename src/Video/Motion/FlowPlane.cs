using System.Runtime.CompilerServices;

namespace Unreel.Video;

/// <summary>The brightness of a square picture, 0 to 255, with a margin that repeats its edge, so that windows need no checks.</summary>
internal sealed class FlowPlane
{
    /// <summary>Pixels of the margin on every side.</summary>
    public const int Margin = 16;

    private readonly float[] _values;

    private FlowPlane(int size)
    {
        (Size, Stride) = (size, size + (2 * Margin));
        _values = new float[Stride * Stride];
    }

    /// <summary>Side of the picture.</summary>
    public int Size { get; }

    /// <summary>Values a row.</summary>
    public int Stride { get; }

    /// <summary>The value at a pixel, which may lie in the margin.</summary>
    public ref float At(int column, int row) => ref _values[((row + Margin) * Stride) + column + Margin];

    /// <summary>A picture at its own size.</summary>
    public static FlowPlane Whole(ReadOnlySpan<byte> rgb, int size)
    {
        var plane = new FlowPlane(size);
        for (int row = 0; row < size; row++)
        {
            ReadOnlySpan<byte> line = rgb.Slice(row * size * 3, size * 3);
            Span<float> target = plane.Row(row);
            for (int column = 0; column < size; column++)
                target[column] = Brightness(line, column * 3) / Unit;
        }

        plane.Repeat();
        return plane;
    }

    /// <summary>A picture at half its size; the last row and column of an odd one are left out.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static FlowPlane Halved(ReadOnlySpan<byte> rgb, int size)
    {
        var plane = new FlowPlane(size / 2);
        for (int row = 0; row < plane.Size; row++)
        {
            ReadOnlySpan<byte> upper = rgb.Slice(row * 2 * size * 3, size * 3), lower = rgb.Slice(((row * 2) + 1) * size * 3, size * 3);
            Span<float> target = plane.Row(row);
            for (int column = 0; column < target.Length; column++)
            {
                int place = column * 6;
                target[column] = (Brightness(upper, place) + Brightness(upper, place + 3) + Brightness(lower, place) + Brightness(lower, place + 3)) * (0.25f / Unit);
            }
        }

        plane.Repeat();
        return plane;
    }

    /// <summary>This picture at half its size, smoothed a little first (1 3 3 1 on both axes), as Bouguet does.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public FlowPlane Half()
    {
        var half = new FlowPlane(Size / 2);
        float[] sums = new float[Stride];
        for (int row = 0; row < half.Size; row++)
        {
            ReadOnlySpan<float> above = Line((row * 2) - 1), upper = Line(row * 2), lower = Line((row * 2) + 1), below = Line((row * 2) + 2);
            for (int i = 0; i < sums.Length; i++)
                sums[i] = above[i] + below[i] + (3 * (upper[i] + lower[i]));
            Span<float> target = half.Row(row);
            for (int column = 0; column < target.Length; column++)
            {
                int place = Margin + (column * 2);
                target[column] = (sums[place - 1] + sums[place + 2] + (3 * (sums[place] + sums[place + 1]))) * (1f / 64);
            }
        }

        half.Repeat();
        return half;
    }

    private const int Unit = 256;

    private static int Brightness(ReadOnlySpan<byte> line, int place) => (77 * line[place]) + (150 * line[place + 1]) + (29 * line[place + 2]);

    private Span<float> Row(int row) => Line(row).Slice(Margin, Size);

    private Span<float> Line(int row) => _values.AsSpan((row + Margin) * Stride, Stride);

    private void Repeat()
    {
        for (int row = 0; row < Size; row++)
        {
            Span<float> line = Line(row);
            line[..Margin].Fill(line[Margin]);
            line[(Margin + Size)..].Fill(line[Margin + Size - 1]);
        }

        for (int row = 1; row <= Margin; row++)
        {
            Line(0).CopyTo(Line(-row));
            Line(Size - 1).CopyTo(Line(Size - 1 + row));
        }
    }
}
