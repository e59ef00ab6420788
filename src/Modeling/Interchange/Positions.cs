namespace Unreel.Modeling;

/// <summary>Carries positions of one grid of tokens over to another: linear in time, bicubic in space.</summary>
/// <remarks>
/// Sample points are the cells' centres; the cubic is Keys' with a = -0.75 and the edge repeated, as PyTorch's
/// <c>interpolate(mode="bicubic", align_corners=False)</c> computes, with which these models' positions are resized.
/// </remarks>
internal static class Positions
{
    private const double Sharpness = -0.75;

    /// <summary>Interpolates a table, row-major [slot, row, column, width].</summary>
    /// <param name="table">The positions.</param>
    /// <param name="slots">Slots that the table has.</param>
    /// <param name="side">Rows and columns that it has.</param>
    /// <param name="width">Numbers of a position.</param>
    /// <param name="newSlots">Slots wanted.</param>
    /// <param name="newSide">Rows and columns wanted.</param>
    public static float[] Interpolated(float[] table, int slots, int side, int width, int newSlots, int newSide)
    {
        float[] inTime = Along(table, 1, slots, side * side * width, newSlots, Linear);
        float[] inRows = Along(inTime, newSlots, side, side * width, newSide, Cubic);
        return Along(inRows, newSlots * newSide, side, width, newSide, Cubic);
    }

    /// <summary>The sinusoid of one shape carried over to the grid of another, so that a place keeps its meaning.</summary>
    public static float[] Sinusoid(VideoTransformerShape from, VideoTransformerShape to) =>
        Interpolated(Modeling.Sinusoid.Table(from.Tokens, from.Width), from.Slots, from.GridSide, from.Width, to.Slots, to.GridSide);

    private delegate (int Index, double Weight)[] Taps(double at, int count);

    private static float[] Along(float[] values, int outer, int count, int inner, int newCount, Taps taps)
    {
        if (count == newCount)
            return values;

        float[] result = new float[checked(outer * newCount * inner)];
        for (int index = 0; index < newCount; index++)
        {
            (int Index, double Weight)[] weights = taps(((index + 0.5) * count / newCount) - 0.5, count);
            for (int block = 0; block < outer; block++)
                Mix(values.AsSpan(block * count * inner, count * inner), weights, result.AsSpan(((block * newCount) + index) * inner, inner));
        }

        return result;
    }

    private static void Mix(ReadOnlySpan<float> rows, (int Index, double Weight)[] taps, Span<float> target)
    {
        for (int column = 0; column < target.Length; column++)
        {
            double sum = 0;
            foreach ((int index, double weight) in taps)
                sum += weight * rows[(index * target.Length) + column];
            target[column] = (float)sum;
        }
    }

    private static (int Index, double Weight)[] Linear(double at, int count)
    {
        double place = Math.Clamp(at, 0, count - 1);
        int first = Math.Min((int)place, Math.Max(count - 2, 0));
        return [(first, 1 - (place - first)), (Math.Min(first + 1, count - 1), place - first)];
    }

    private static (int Index, double Weight)[] Cubic(double at, int count)
    {
        int first = (int)Math.Floor(at);
        return [.. Enumerable.Range(first - 1, 4).Select(index => (Math.Clamp(index, 0, count - 1), Keys(Math.Abs(at - index))))];
    }

    private static double Keys(double distance) => distance switch
    {
        <= 1 => ((((Sharpness + 2) * distance) - (Sharpness + 3)) * distance * distance) + 1,
        < 2 => ((((Sharpness * distance) - (5 * Sharpness)) * distance) + (8 * Sharpness)) * distance - (4 * Sharpness),
        _ => 0,
    };
}
