using Unreel.Synthesize.Rendering;

namespace Unreel.Synthesize.Textures.Statistical;

/// <summary>
/// The filters of a steerable pyramid (Simoncelli and Freeman 1995; Portilla and Simoncelli 2000) as gains over frequencies:
/// a high-pass, then for each octave down four oriented bands, then a low-pass. The squares of all sum to one everywhere,
/// so that a picture taken apart and put together by the same filters is what it was.
/// </summary>
/// <remarks>
/// The published model has short spatial kernels that approximate such filters; these are the exact ones, circular likewise.
/// An oriented filter is odd: its gain is i times what is kept here.
/// </remarks>
internal sealed class SteerableFilters
{
    /// <summary>Oriented bands in each octave.</summary>
    public const int Orientations = 4;

    // Four cubed cosines at 45 degrees have squares that sum to 5/4.
    private static readonly double AngularGain = Math.Sqrt(4.0 / 5);
    private readonly int _side;

    /// <param name="side">Rows and columns of the picture: a power of two of 32 or more.</param>
    public SteerableFilters(int side)
    {
        _side = side;
        Levels = int.Log2(side) - 4;
        HighPass = Table(side, (_, _, radius) => Split(radius).Above);
        KeptLowPass = Table(side, (_, _, radius) => Square(Split(radius * (1 << Levels)).Below));
        Oriented = new float[Levels][][];
        for (int level = 0; level < Levels; level++)
            Oriented[level] = [.. Enumerable.Range(0, Orientations).Select(k => Table(side >> level, Band(level, (double)k / (2 * Orientations))))];
    }

    /// <summary>The filters for textures, made once and shared by all painters.</summary>
    public static SteerableFilters Shared { get; } = new(TexturePainter.Side);

    /// <summary>Octaves: the last one has pictures of 32 pixels a side.</summary>
    public int Levels { get; }

    /// <summary>Gains of the high-pass, [frequency down, frequency across].</summary>
    public float[] HighPass { get; }

    /// <summary>Squared gains of the low-pass: what stays of the picture when no band is put back.</summary>
    public float[] KeptLowPass { get; }

    /// <summary>Gains of the oriented filters [level][orientation], over the frequencies that a picture of side / 2^level has.</summary>
    public float[][][] Oriented { get; }

    private static Func<double, double, double, double> Band(int level, double turns)
    {
        (double cos, double sin) = Turn.CosSin(turns);
        return (across, down, radius) =>
        {
            double along = radius > 0 ? ((across * cos) + (down * sin)) / radius : 0;
            double radial = Split(radius * (1 << level)).Below * Split(radius * (2 << level)).Above;
            return AngularGain * radial * along * along * along;
        };
    }

    // A raised cosine over the octave below 1: Below^2 + Above^2 = 1.
    private static (double Below, double Above) Split(double radius)
    {
        const double Ln2 = 0.6931471805599453;
        double octave = radius > 0 ? (PortableMath.Log(radius) / Ln2) + 1 : 0;
        return octave <= 0 ? (1, 0) : octave >= 1 ? (0, 1) : Turn.CosSin(octave / 4);
    }

    private static double Square(double x) => x * x;

    /// <summary>A gain for each frequency, given in parts of the highest one that the whole picture has on an axis.</summary>
    private float[] Table(int side, Func<double, double, double, double> gain)
    {
        float[] table = new float[side * side];
        for (int i = 0; i < table.Length; i++)
        {
            (int row, int column) = (i / side, i % side);
            double down = (row < side / 2 ? row : row - side) * 2.0 / _side;
            double across = (column < side / 2 ? column : column - side) * 2.0 / _side;
            table[i] = (float)gain(across, down, Math.Sqrt((across * across) + (down * down)));
        }

        return table;
    }
}
