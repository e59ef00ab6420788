namespace Unreel.Modeling;

/// <summary>
/// The fixed position table: a 1-D sinusoid over the flattened token number, sine and cosine interleaved, base 10000
/// (Vaswani et al., "Attention is all you need", 2017, section 3.5).
/// </summary>
public static class Sinusoid
{
    private const double Base = 10000;

    /// <summary>Makes the table, row-major [<paramref name="tokens"/>, <paramref name="width"/>].</summary>
    public static float[] Table(int tokens, int width)
    {
        double[] rates = [.. Enumerable.Range(0, width).Select(column => Math.Pow(Base, -2.0 * (column / 2) / width))];
        float[] table = new float[checked(tokens * width)];
        for (int token = 0; token < tokens; token++)
        {
            for (int column = 0; column < width; column++)
            {
                double angle = token * rates[column];
                table[(token * width) + column] = (float)(column % 2 == 0 ? Math.Sin(angle) : Math.Cos(angle));
            }
        }

        return table;
    }
}
