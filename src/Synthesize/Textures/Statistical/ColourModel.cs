using Unreel.Video;

namespace Unreel.Synthesize.Textures.Statistical;

/// <summary>
/// The colours of a texture: 3 to 22 flat ones in random shares, blurred where they meet and with a little noise. What is
/// kept of them is their mean, the axes along which they vary about it, and the histogram along each.
/// </summary>
internal sealed class ColourModel(int side)
{
    private const int Channels = 3;
    private const int Most = 22;
    private const double Bright = 256;
    private readonly double[] _colours = new double[Most * Channels];
    private readonly double[] _shares = new double[Most];
    private readonly int[] _counts = new int[Most];
    private readonly double[] _line = new double[side + 1];

    /// <summary>The mean and the axes.</summary>
    public SymmetricAxes Axes { get; } = new();

    /// <summary>The histogram along each axis.</summary>
    public Histogram[] Histograms { get; } = [new(256), new(256), new(256)];

    /// <summary>Draws the colours; the planes of <paramref name="scratch"/> are overwritten.</summary>
    public void Draw(ref RandomStream random, float[][] scratch)
    {
        int colours = 3 + (int)(20 * random.NextDouble());
        for (int i = 0; i < colours * Channels; i++)
            _colours[i] = random.NextDouble() * Bright;
        CountPixels(ref random, colours);
        int blur = Math.Max((int)Math.Ceiling(10 * random.NextDouble()), 1);
        for (int channel = 0; channel < Channels; channel++)
            Paint(ref random, scratch[channel], channel, colours, blur);
        Stretch(scratch);
        Axes.Find(scratch);

        // Principal components have no sign of their own; the published ones have whichever the solver returns.
        for (int axis = 0; axis < Channels; axis++)
        {
            if ((random.NextUInt32() & 1) != 0)
                Axes.Reverse(axis);
        }

        Axes.Project(scratch);
        for (int axis = 0; axis < Channels; axis++)
            Histograms[axis].Set(scratch[axis]);
    }

    private void CountPixels(ref RandomStream random, int colours)
    {
        double sum = 0;
        for (int i = 0; i < colours; i++)
            _shares[i] = sum += 0.001 + random.NextDouble();
        _counts.AsSpan().Clear();
        for (int pixel = 0; pixel < side * side; pixel++)
        {
            double at = random.NextUInt32() * (sum / (1ul << 32));
            int colour = 0;
            while (_shares[colour] <= at && colour < colours - 1)
                colour++;
            _counts[colour]++;
        }
    }

    /// <summary>One channel: stripes from left to right, each colour as many pixels as it has, blurred, with noise.</summary>
    private void Paint(ref RandomStream random, float[] plane, int channel, int colours, int blur)
    {
        int pixel = 0;
        for (int colour = 0; colour < colours; colour++)
        {
            for (int end = pixel + _counts[colour]; pixel < end; pixel++)
                plane[(pixel % side * side) + (pixel / side)] = (float)_colours[(colour * Channels) + channel];
        }

        for (int row = 0; row < side; row++)
            Blur(plane, row * side, 1, blur);
        for (int column = 0; column < side; column++)
            Blur(plane, column, side, blur);

        for (int i = 0; i < plane.Length; i++)
            plane[i] += (float)(random.NextUInt32() * (10.0 / (1ul << 32)));
    }

    /// <summary>The mean over <paramref name="width"/> neighbours along a line, with black beyond its ends.</summary>
    private void Blur(float[] plane, int start, int step, int width)
    {
        for (int i = 0; i < side; i++)
            _line[i + 1] = _line[i] + plane[start + (i * step)];
        int before = (width - 1) / 2, after = width / 2;
        for (int i = 0; i < side; i++)
            plane[start + (i * step)] = (float)((_line[Math.Min(i + after + 1, side)] - _line[Math.Max(i - before, 0)]) / width);
    }

    private static void Stretch(float[][] planes)
    {
        (float low, float high) = PlaneMath.Range(planes.AsSpan(0, Channels));
        float factor = (float)(Bright / (high - low));
        foreach (float[] plane in planes.AsSpan(0, Channels))
            PlaneMath.Scale(plane, factor, -low * factor);
    }
}
