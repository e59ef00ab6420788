namespace Unreel.Synthesize.Tests.Textures;

/// <summary>Differences between the neighbours of each pixel of a square picture.</summary>
internal sealed class Gradients
{
    private readonly double[] _x;
    private readonly double[] _y;

    private Gradients(double[] x, double[] y, int side) => (_x, _y, Side) = (x, y, side);

    /// <summary>Pixels on a side of what is measured.</summary>
    public int Side { get; }

    /// <summary>The gradients of a picture without <paramref name="margin"/> pixels (at least 1) on each side.</summary>
    public static Gradients Of(ReadOnlySpan<double> grey, int side, int margin)
    {
        int inner = side - (2 * margin);
        var made = new Gradients(new double[inner * inner], new double[inner * inner], inner);
        for (int i = 0; i < made._x.Length; i++)
        {
            int place = (((i / inner) + margin) * side) + (i % inner) + margin;
            made._x[i] = (grey[place + 1] - grey[place - 1]) / 2;
            made._y[i] = (grey[place + side] - grey[place - side]) / 2;
        }

        return made;
    }

    /// <summary>Coherence of the structure tensor in windows of this size, each counting by its gradient energy.</summary>
    public double Coherence(int window)
    {
        double[] xx = SummedArea(_x, _x), yy = SummedArea(_y, _y), xy = SummedArea(_x, _y);
        double directed = 0, all = 0;
        for (int row = 0; row + window <= Side; row++)
        {
            for (int column = 0; column + window <= Side; column++)
            {
                double a = Sum(xx, row, column, window), b = Sum(yy, row, column, window), c = Sum(xy, row, column, window);
                directed += double.Hypot(a - b, 2 * c);
                all += a + b;
            }
        }

        return directed / all;
    }

    /// <summary>Share of the energy in each of <paramref name="bins"/> equal bins of direction over 180 degrees.</summary>
    public double[] Energy(int bins)
    {
        double[] energy = new double[bins];
        for (int i = 0; i < _x.Length; i++)
        {
            double turn = (Math.Atan2(_y[i], _x[i]) / Math.PI) + 1;
            energy[(int)(turn * bins) % bins] += (_x[i] * _x[i]) + (_y[i] * _y[i]);
        }

        double all = energy.Sum();
        return [.. energy.Select(part => part / all)];
    }

    /// <summary>Kurtosis of both components together.</summary>
    public double Kurtosis()
    {
        double second = 0, fourth = 0;
        foreach (double value in (double[])[.. _x, .. _y])
            (second, fourth) = (second + (value * value), fourth + (value * value * value * value));
        return fourth * 2 * _x.Length / (second * second);
    }

    private double[] SummedArea(double[] left, double[] right)
    {
        int wide = Side + 1;
        double[] sums = new double[wide * wide];
        for (int row = 0; row < Side; row++)
        {
            for (int column = 0; column < Side; column++)
            {
                int place = ((row + 1) * wide) + column + 1;
                int i = (row * Side) + column;
                sums[place] = (left[i] * right[i]) + sums[place - 1] + sums[place - wide] - sums[place - wide - 1];
            }
        }

        return sums;
    }

    private double Sum(double[] sums, int row, int column, int window)
    {
        int top = row * (Side + 1), bottom = (row + window) * (Side + 1);
        return sums[bottom + column + window] - sums[bottom + column] - sums[top + column + window] + sums[top + column];
    }
}
