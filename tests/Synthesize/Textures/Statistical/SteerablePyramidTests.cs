using Unreel.Synthesize.Textures.Statistical;

namespace Unreel.Synthesize.Tests.Textures.Statistical;

public sealed class SteerablePyramidTests
{
    private const int Side = 128;
    private const int Pixels = Side * Side;
    private static readonly SteerableFilters Filters = new(Side);
    private readonly Fourier _fourier = new(Side);
    private readonly SteerablePyramid _pyramid;

    public SteerablePyramidTests() => _pyramid = new SteerablePyramid(Filters, Side, _fourier);

    [Fact]
    public void Octaves_end_at_32_pixels()
    {
        Assert.Equal(3, Filters.Levels);
        Assert.Equal(4, SteerableFilters.Shared.Levels);
        Assert.Equal(32 * 32, SteerableFilters.Shared.Oriented[^1][0].Length);
    }

    [Fact]
    public void Squares_of_the_gains_sum_to_one_at_every_frequency()
    {
        for (int i = 0; i < Pixels; i++)
        {
            (int row, int column) = (Signed(i / Side), Signed(i % Side));
            double sum = (Filters.HighPass[i] * Filters.HighPass[i]) + Filters.KeptLowPass[i];
            for (int level = 0; level < Filters.Levels; level++)
            {
                int side = Side >> level;
                if (Math.Max(Math.Abs(row + 0.5), Math.Abs(column + 0.5)) < side / 2)
                    sum += Filters.Oriented[level].Sum(gains => Math.Pow(gains[((row + side) % side * side) + ((column + side) % side)], 2));
            }

            Assert.Equal(1, sum, 1e-6);
        }
    }

    // The published 9x9 kernels let .08 through at these frequencies; exact filters let through nothing.
    [Theory]
    [InlineData(4)]
    [InlineData(6)]
    [InlineData(8)]
    public void Short_kernels_let_a_tenth_of_the_lower_octaves_through(int frequency)
    {
        Assert.InRange(Math.Sqrt(Filters.Oriented[0].Sum(gains => gains[frequency] * gains[frequency])), 0.06, 0.16);
        Assert.InRange(Math.Sqrt(Filters.Oriented[1].Sum(gains => gains[frequency / 2] * gains[frequency / 2])), 0.06, 0.16);
    }

    [Fact]
    public void Untouched_pictures_come_back()
    {
        (float[] first, float[] second) = Planes.Complex(Side, 5);
        (float[] a, float[] b) = RunTwo(first, second, (_, _, _) => { });
        AssertClose(first, a);
        AssertClose(second, b);
        AssertClose(first, RunOne(first, (_, _, _) => { }));
    }

    [Fact]
    public void Each_picture_is_edited_as_itself()
    {
        (float[] first, float[] second) = Planes.Complex(Side, 6);
        (float[] a, float[] b) = RunTwo(first, second, (picture, _, values) => Silence(picture == 1, values));
        AssertClose(first, a);
        Assert.True(Energy(b) < 0.02 * Energy(second), $"{Energy(b)}");

        float[] alone = RunOne(second, (_, _, values) => Silence(true, values));
        AssertClose(b, alone);
    }

    [Theory]
    [InlineData(4)]
    [InlineData(11)]
    public void One_band_of_one_picture_is_the_same_on_both_ways(int band)
    {
        (float[] first, float[] second) = Planes.Complex(Side, 7);
        (float[] a, float[] b) = RunTwo(first, second, (picture, which, values) => Silence(picture == 0 && which == band, values));
        float[] alone = RunOne(first, (_, which, values) => Silence(which == band, values));
        AssertClose(second, b);
        AssertClose(alone, a);
        Assert.NotEqual(first[17], a[17], 1e-4);
    }

    // The highest frequency is 64: the first octave has its middle near 32, the second near 16.
    [Theory]
    [InlineData(40, 0, 1)]
    [InlineData(28, 28, 2)]
    [InlineData(0, 40, 3)]
    [InlineData(16, 0, 5)]
    [InlineData(-12, 12, 8)]
    [InlineData(60, 60, 0)]
    public void A_wave_is_strongest_in_the_band_of_its_scale_and_direction(int across, int down, int band)
    {
        float[] wave = [.. Enumerable.Range(0, Pixels).Select(i => (float)Math.Cos(2 * Math.PI * ((across * (i % Side)) + (down * (i / Side))) / Side))];
        double[] energies = new double[1 + (4 * Filters.Levels)];
        RunOne(wave, (_, which, values) => energies[which] = Energy(values.ToArray()));
        Assert.Equal(band, Array.IndexOf(energies, energies.Max()));
        Assert.Equal(Energy(wave), energies.Sum(), Energy(wave) * 1e-4);
    }

    private (float[] First, float[] Second) RunTwo(float[] first, float[] second, BandEdit edit)
    {
        (float[] re, float[] im) = ([.. first], [.. second]);
        _fourier.Transform(re, im);
        _pyramid.EditTwo(re, im, edit);
        _fourier.Transform(im, re);
        return ([.. re.Select(value => value / Pixels)], [.. im.Select(value => value / Pixels)]);
    }

    private float[] RunOne(float[] picture, BandEdit edit)
    {
        (float[] re, float[] im) = ([.. picture], new float[Pixels]);
        _fourier.Transform(re, im);
        _pyramid.EditOne(re, im, edit);
        _fourier.Transform(im, re);
        return [.. re.Select(value => value / Pixels)];
    }

    private static void Silence(bool which, Span<float> values)
    {
        if (which)
            values.Clear();
    }

    private static int Signed(int frequency) => frequency < Side / 2 ? frequency : frequency - Side;

    private static double Energy(float[] values) => values.Sum(value => (double)value * value);

    private static void AssertClose(float[] expected, float[] actual)
    {
        for (int i = 0; i < expected.Length; i++)
            Assert.Equal(expected[i], actual[i], 5e-6);
    }
}
