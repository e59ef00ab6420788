namespace Unreel.Synthesize.Textures.Statistical;

/// <summary>
/// The mean colour of a picture, and three axes at right angles along which its colours vary about it on their own
/// (principal components).
/// </summary>
internal sealed class SymmetricAxes
{
    private const int Channels = 3;
    private readonly double[] _mean = new double[Channels];
    private readonly double[] _product = new double[Channels * Channels];
    private readonly double[] _axes = new double[Channels * Channels];

    /// <summary>The mean colour.</summary>
    public ReadOnlySpan<double> Mean => _mean;

    /// <summary>The axes as rows of three, the one of most variance first; each has a sum of 0 or more until it is reversed.</summary>
    public ReadOnlySpan<double> Rows => _axes;

    /// <summary>Finds the mean and the axes of three planes.</summary>
    public void Find(float[][] planes)
    {
        for (int channel = 0; channel < Channels; channel++)
            _mean[channel] = PlaneMath.Moments(planes[channel]).Mean;
        for (int a = 0; a < Channels; a++)
        {
            for (int b = a; b < Channels; b++)
                _product[(a * Channels) + b] = _product[(b * Channels) + a] = (PlaneMath.Product(planes[a], planes[b]) / planes[a].Length) - (_mean[a] * _mean[b]);
        }

        Solve();
    }

    /// <summary>Makes an axis point the other way.</summary>
    public void Reverse(int axis)
    {
        for (int i = 0; i < Channels; i++)
            _axes[(axis * Channels) + i] = -_axes[(axis * Channels) + i];
    }

    /// <summary>Turns colours into places along the axes, in place; the mean colour is at 0.</summary>
    public void Project(float[][] planes)
    {
        for (int channel = 0; channel < Channels; channel++)
            PlaneMath.Scale(planes[channel], 1, (float)-_mean[channel]);
        PlaneMath.Mix(planes, _axes);
    }

    /// <summary>Turns places along the axes into colours, in place.</summary>
    public void Restore(float[][] planes)
    {
        Span<double> columns = stackalloc double[Channels * Channels];
        for (int i = 0; i < columns.Length; i++)
            columns[i] = _axes[(i % Channels * Channels) + (i / Channels)];
        PlaneMath.Mix(planes, columns);
        for (int channel = 0; channel < Channels; channel++)
            PlaneMath.Scale(planes[channel], 1, (float)_mean[channel]);
    }

    // Jacobi's rotations: square roots and divisions only, so the same on every machine.
    private void Solve()
    {
        _axes.AsSpan().Clear();
        for (int i = 0; i < Channels; i++)
            _axes[i * (Channels + 1)] = 1;
        const int Sweeps = 12;
        for (int turn = 0; turn < Sweeps * Channels; turn++)
            Rotate(turn % Channels, (turn + 1) % Channels);
        Sort();
    }

    private void Rotate(int a, int b)
    {
        double mixed = _product[(a * Channels) + b];
        if (mixed == 0)
            return;
        double theta = (_product[b * (Channels + 1)] - _product[a * (Channels + 1)]) / (2 * mixed);
        double tan = (theta < 0 ? -1 : 1) / (Math.Abs(theta) + Math.Sqrt((theta * theta) + 1));
        double cos = 1 / Math.Sqrt((tan * tan) + 1), sin = tan * cos;
        for (int i = 0; i < Channels; i++)
            Turn(_product, (i * Channels) + a, (i * Channels) + b, cos, sin);
        for (int i = 0; i < Channels; i++)
        {
            Turn(_product, (a * Channels) + i, (b * Channels) + i, cos, sin);
            Turn(_axes, (a * Channels) + i, (b * Channels) + i, cos, sin);
        }
    }

    private static void Turn(double[] values, int a, int b, double cos, double sin) =>
        (values[a], values[b]) = ((cos * values[a]) - (sin * values[b]), (sin * values[a]) + (cos * values[b]));

    private void Sort()
    {
        for (int place = 0; place < Channels; place++)
        {
            int largest = place;
            for (int other = place + 1; other < Channels; other++)
                largest = _product[other * (Channels + 1)] > _product[largest * (Channels + 1)] ? other : largest;
            (_product[place * (Channels + 1)], _product[largest * (Channels + 1)]) = (_product[largest * (Channels + 1)], _product[place * (Channels + 1)]);
            for (int i = 0; i < Channels; i++)
                (_axes[(place * Channels) + i], _axes[(largest * Channels) + i]) = (_axes[(largest * Channels) + i], _axes[(place * Channels) + i]);
            Span<double> axis = _axes.AsSpan(place * Channels, Channels);
            if (axis[0] + axis[1] + axis[2] < 0)
                (axis[0], axis[1], axis[2]) = (-axis[0], -axis[1], -axis[2]);
        }
    }
}
