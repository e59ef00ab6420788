using Unreel.Synthesize.Rendering;
using Unreel.Synthesize.Textures.Statistical;
using Unreel.Video;

namespace Unreel.Synthesize.Textures.Stylegan;

/// <summary>
/// Maps of unit deviation whose amplitudes fall with frequency r as r^-alpha, alpha uniform over .5 to 1.5, and whose phases are random;
/// where asked for, under a <see cref="LaplaceEnvelope"/>.
/// </summary>
/// <remarks>
/// Maps come in pairs of one transform where two are asked for, as its real and imaginary part. Phases are multiples of 1/4096 turn. The published maps are cut
/// from a grid of one more row and column, so that their edges do not meet; these are periodic.
/// </remarks>
internal sealed class PinkNoise
{
    private const int Turns = 4096;
    private const double Flattest = .5;
    private const double Steepest = 1.5;

    private static readonly float[] Cos = [.. Enumerable.Range(0, Turns).Select(turn => (float)Turn.CosSin((double)turn / Turns).Cos)];
    private static readonly float[] Sin = [.. Enumerable.Range(0, Turns).Select(turn => (float)Turn.CosSin((double)turn / Turns).Sin)];

    private readonly Dictionary<int, Fourier> _transforms = [];
    private readonly LaplaceEnvelope _envelope = new();
    private readonly int _pitch;
    private readonly float[] _real;
    private readonly float[] _imaginary;
    private readonly float[] _amplitudes;
    private readonly double[] _logarithms;

    /// <param name="largest">The largest side that will be drawn.</param>
    public PinkNoise(int largest)
    {
        _pitch = (largest / 2) + 1;
        (_real, _imaginary) = (new float[largest * largest], new float[largest * largest]);
        (_amplitudes, _logarithms) = (new float[_pitch * _pitch], new double[_pitch * _pitch]);
        for (int i = 1; i < _logarithms.Length; i++)
        {
            double row = i / _pitch, column = i % _pitch;
            _logarithms[i] = .5 * PortableMath.Log((row * row) + (column * column));
        }
    }

    /// <summary>Draws a map, or two, of a side that is a power of two; they stay until the next.</summary>
    public void Draw(ref RandomStream random, int side, bool pair, bool enveloped)
    {
        Span<float> first = First(side), second = Second(side);
        first.Clear();
        second.Clear();
        AddSpectrum(ref random, side, first, second, 1);
        if (pair)
            AddSpectrum(ref random, side, second, first, -1);
        Transform(side, first, second);
        Finish(ref random, side, enveloped, first);
        if (pair)
            Finish(ref random, side, enveloped, second);
    }

    /// <summary>The first of the two maps.</summary>
    public Span<float> First(int side) => _real.AsSpan(0, side * side);

    /// <summary>The second of the two maps.</summary>
    public Span<float> Second(int side) => _imaginary.AsSpan(0, side * side);

    /// <summary>Makes the first map's side half of <paramref name="side"/>, by averages of four.</summary>
    public void Halve(int side)
    {
        int half = side / 2;
        for (int row = 0; row < half; row++)
        {
            ReadOnlySpan<float> above = _real.AsSpan(2 * row * side, side), below = _real.AsSpan(((2 * row) + 1) * side, side);
            Span<float> to = _real.AsSpan(row * half, half);
            for (int x = 0; x < half; x++)
                to[x] = .25f * ((above[2 * x] + above[(2 * x) + 1]) + (below[2 * x] + below[(2 * x) + 1]));
        }
    }

    // A spectrum whose values at opposite frequencies are conjugates gives a real map; i times such a spectrum (real and imaginary
    // part exchanged, one with its sign turned) an imaginary one.
    private void AddSpectrum(ref RandomStream random, int side, Span<float> cosines, Span<float> sines, float sign)
    {
        SetAmplitudes(side, random.NextDouble(Flattest, Steepest));
        int half = side / 2;
        uint word = 0;
        for (int row = 0; row <= half; row++)
        {
            bool own = row % half == 0;
            int oppositeRow = (side - row) % side * side;
            for (int column = 0; column < (own ? half + 1 : side); column++)
            {
                word = (column & 1) == 0 ? random.NextUInt32() : word >> 16;
                int turn = (int)(word % Turns);
                float amplitude = _amplitudes[(row * _pitch) + Math.Min(column, side - column)];
                float cos = amplitude * Cos[turn], sin = sign * amplitude * Sin[turn];
                int here = (row * side) + column, opposite = oppositeRow + ((side - column) % side);
                cosines[here] += cos;
                if (here == opposite)
                    continue;
                cosines[opposite] += cos;
                sines[here] += sin;
                sines[opposite] -= sin;
            }
        }
    }

    private void SetAmplitudes(int side, double alpha)
    {
        for (int row = 0; row <= side / 2; row++)
        {
            for (int column = 0; column <= row; column++)
            {
                int here = (row * _pitch) + column;
                float amplitude = (float)PortableMath.Exp(-alpha * _logarithms[here]);
                (_amplitudes[here], _amplitudes[(column * _pitch) + row]) = (amplitude, amplitude);
            }
        }

        _amplitudes[0] = 0;
    }

    private void Transform(int side, Span<float> real, Span<float> imaginary)
    {
        if (side == StyleganShape.FirstSide)
        {
            TransformSmall(side, real, imaginary);
            return;
        }

        if (!_transforms.TryGetValue(side, out Fourier? transform))
            _transforms.Add(side, transform = new Fourier(side));
        transform.Transform(real, imaginary);
    }

    // By the definition: fewer pixels than the fast transform takes.
    private static void TransformSmall(int side, Span<float> real, Span<float> imaginary)
    {
        ReadOnlySpan<float> re = [.. real], im = [.. imaginary];
        for (int to = 0; to < real.Length; to++)
        {
            (real[to], imaginary[to]) = (0, 0);
            for (int from = 0; from < re.Length; from++)
            {
                int turn = ((to / side * (from / side)) + (to % side * (from % side))) * (Turns / side) % Turns;
                real[to] += (re[from] * Cos[turn]) + (im[from] * Sin[turn]);
                imaginary[to] += (im[from] * Cos[turn]) - (re[from] * Sin[turn]);
            }
        }
    }

    private void Finish(ref RandomStream random, int side, bool enveloped, Span<float> map)
    {
        if (enveloped)
            _envelope.Multiply(ref random, side, map);

        (double sum, double squares) = (0, 0);
        foreach (float value in map)
        {
            sum += value;
            squares += (double)value * value;
        }

        double variance = (squares - (sum * sum / map.Length)) / (map.Length - 1);
        float factor = (float)(1 / Math.Sqrt(variance)), mean = (float)(sum / map.Length);
        foreach (ref float value in map)
            value = (value - mean) * factor;
    }
}
