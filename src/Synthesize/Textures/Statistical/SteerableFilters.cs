using Unreel.Synthesize.Rendering;

namespace Unreel.Synthesize.Textures.Statistical;

/// <summary>
/// The filters of a steerable pyramid (Simoncelli and Freeman 1995; Portilla and Simoncelli 2000) as gains over frequencies:
/// a high-pass, then for each octave down four oriented bands, then a low-pass. The squares of all sum to one everywhere,
/// so that a picture taken apart and put together by the same filters is what it was.
/// </summary>
/// <remarks>
/// <para>
/// The published model has short kernels, of 15x15 pixels for the high-pass and 9x9 for the bands (Karasaridis and Simoncelli
/// 1996). A short kernel lets a tenth of the lower octaves through. Where a spectrum is steep that tenth outweighs what the
/// band has of its own, so the fine bands follow the large shapes: flat patches, with ripples along their edges. Exact
/// filters give grain everywhere instead.
/// </para>
/// <para>
/// The kernels here are our own: those of the exact filters, cut to the published sizes. An oriented filter is odd: its gain
/// is i times what is kept here.
/// </para>
/// </remarks>
internal sealed class SteerableFilters
{
    /// <summary>Oriented bands in each octave.</summary>
    public const int Orientations = 4;

    private const int HighPassKernel = 15;
    private const int BandKernel = 9;

    // Four cubed cosines at 45 degrees have squares that sum to 5/4.
    private static readonly double AngularGain = Math.Sqrt(4.0 / 5);
    private readonly int _side;

    /// <param name="side">Rows and columns of the picture: a power of two of 32 or more.</param>
    public SteerableFilters(int side)
    {
        _side = side;
        Levels = int.Log2(side) - 4;
        HighPass = Short(Table((_, _, radius) => Split(radius).Above), HighPassKernel);
        KeptLowPass = Table((_, _, radius) => Square(Split(radius * (1 << Levels)).Below));
        float[][] bands = [.. Enumerable.Range(0, Orientations).Select(k => Short(Table(Band((double)k / (2 * Orientations))), BandKernel))];
        Oriented = [.. Enumerable.Range(0, Levels).Select(level => bands.Select(band => Shrink(band, level)).ToArray())];
        Normalise();
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

    /// <summary>The finest octave's exact filter; the others are the same over lower frequencies.</summary>
    private static Func<double, double, double, double> Band(double turns)
    {
        (double cos, double sin) = Turn.CosSin(turns);
        return (across, down, radius) =>
        {
            double along = radius > 0 ? ((across * cos) + (down * sin)) / radius : 0;
            return AngularGain * Split(radius).Below * Split(2 * radius).Above * along * along * along;
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

    /// <summary>A gain for each frequency, given in parts of the highest one on an axis.</summary>
    private float[] Table(Func<double, double, double, double> gain)
    {
        float[] table = new float[_side * _side];
        for (int i = 0; i < table.Length; i++)
        {
            double down = Signed(i / _side, _side) * 2.0 / _side, across = Signed(i % _side, _side) * 2.0 / _side;
            table[i] = (float)gain(across, down, Math.Sqrt((across * across) + (down * down)));
        }

        return table;
    }

    /// <summary>Cuts a filter's kernel to <paramref name="size"/> pixels a side.</summary>
    private float[] Short(float[] gains, int size)
    {
        var fourier = new Fourier(_side);
        float[] im = new float[gains.Length];
        fourier.Transform(gains, im);
        for (int i = 0; i < gains.Length; i++)
        {
            int distance = Math.Max(Math.Abs(Signed(i / _side, _side)), Math.Abs(Signed(i % _side, _side)));
            (gains[i], im[i]) = distance <= size / 2 ? (gains[i] / gains.Length, im[i] / gains.Length) : (0, 0);
        }

        fourier.Transform(im, gains);
        return gains;
    }

    /// <summary>The gains at every 2^level-th frequency. A real picture's highest frequency has no odd part.</summary>
    private float[] Shrink(float[] gains, int level)
    {
        int side = _side >> level;
        float[] small = new float[side * side];
        for (int i = 0; i < small.Length; i++)
            small[i] = i / side == side / 2 || i % side == side / 2 ? 0 : gains[((i / side * _side) + (i % side)) << level];
        return small;
    }

    private void Normalise()
    {
        double[] squares = new double[_side * _side];
        for (int i = 0; i < squares.Length; i++)
            squares[i] = Square(HighPass[i]) + KeptLowPass[i];
        foreach (float[] band in Oriented.SelectMany(octave => octave))
        {
            for (int i = 0; i < band.Length; i++)
                squares[Place(i, band)] += Square(band[i]);
        }

        for (int i = 0; i < squares.Length; i++)
            (HighPass[i], KeptLowPass[i]) = ((float)(HighPass[i] / Math.Sqrt(squares[i])), (float)(KeptLowPass[i] / squares[i]));
        foreach (float[] band in Oriented.SelectMany(octave => octave))
        {
            for (int i = 0; i < band.Length; i++)
                band[i] = (float)(band[i] / Math.Sqrt(squares[Place(i, band)]));
        }
    }

    /// <summary>Where a frequency of a smaller picture is among those of the whole.</summary>
    private int Place(int i, float[] band)
    {
        int side = (int)Math.Sqrt(band.Length);
        int row = Signed(i / side, side), column = Signed(i % side, side);
        return ((row + _side) % _side * _side) + ((column + _side) % _side);
    }

    private static int Signed(int frequency, int side) => frequency < side / 2 ? frequency : frequency - side;
}
