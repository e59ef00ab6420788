namespace Unreel.Onnx.Tests;

/// <summary>The interpolation of positions once more, point by point over doubles.</summary>
internal static class PositionGrid
{
    /// <summary>The sinusoid of one grid carried over to another, [N, D].</summary>
    internal static float[] Interpolated(EncoderShape from, EncoderShape to)
    {
        float[] result = new float[to.Tokens * to.Width];
        for (int token = 0; token < to.Tokens; token++)
        {
            double slot = Source(token / (to.Side * to.Side), from.Slots, to.Slots);
            double row = Source(token / to.Side % to.Side, from.Side, to.Side), column = Source(token % to.Side, from.Side, to.Side);
            for (int d = 0; d < to.Width; d++)
            {
                double sum = 0;
                for (int t = 0; t < from.Slots; t++)
                {
                    // A hat around the nearest place inside the table.
                    double share = Math.Max(0, 1 - Math.Abs(Math.Clamp(slot, 0, from.Slots - 1) - t));
                    sum += share * Cubic(from, t, row, column, d);
                }

                result[(token * to.Width) + d] = (float)sum;
            }
        }

        return result;
    }

    private static double Cubic(EncoderShape from, int slot, double row, double column, int d)
    {
        double sum = 0;
        for (int y = (int)Math.Floor(row) - 1; y <= (int)Math.Floor(row) + 2; y++)
        {
            for (int x = (int)Math.Floor(column) - 1; x <= (int)Math.Floor(column) + 2; x++)
            {
                int token = (((slot * from.Side) + Math.Clamp(y, 0, from.Side - 1)) * from.Side) + Math.Clamp(x, 0, from.Side - 1);
                sum += Kernel(row - y) * Kernel(column - x) * Reference.Position(token, d, from.Width);
            }
        }

        return sum;
    }

    private static double Source(int place, int from, int to) => ((place + 0.5) * from / to) - 0.5;

    // Keys, "Cubic convolution interpolation for digital image processing", 1981, with a = -3/4.
    private static double Kernel(double signed)
    {
        const double a = -0.75;
        double x = Math.Abs(signed);
        return x < 1 ? ((a + 2) * x * x * x) - ((a + 3) * x * x) + 1
            : x < 2 ? (a * x * x * x) - (5 * a * x * x) + (8 * a * x) - (4 * a)
            : 0;
    }
}
