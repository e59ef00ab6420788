using System.Numerics;
using Unreel.Synthesize.Textures.Statistical;
using Unreel.Video;

namespace Unreel.Synthesize.Tests.Textures.Statistical;

/// <summary>The three models of natural pictures, each alone.</summary>
public sealed class ModelTests
{
    private const int Side = 64;

    [Theory]
    [InlineData(0.7, 0)]
    [InlineData(2, 0.1)]
    public void Pictures_get_the_amplitudes_of_the_law_and_keep_phase_mean_and_deviation(double slope, double tilt)
    {
        (float[] first, float[] second) = Planes.Complex(Side, 1);
        Complex[] before = Spectrum(first), other = Spectrum(second);
        (float[] re, float[] im) = ([.. first], [.. second]);
        var model = new SpectrumModel(Side);
        model.Set(slope, tilt);
        var fourier = new Fourier(Side);
        fourier.Transform(re, im);
        model.Impose(re, im, PlaneMath.Moments(first).Deviation, 3);
        fourier.Transform(im, re);
        PlaneMath.Scale(re, 1f / (Side * Side));
        PlaneMath.Scale(im, 1f / (Side * Side));

        Assert.Equal(PlaneMath.Moments(first).Mean, PlaneMath.Moments(re).Mean, 1e-5);
        Assert.Equal(PlaneMath.Moments(first).Deviation, PlaneMath.Moments(re).Deviation, 1e-5);
        Assert.Equal(3, PlaneMath.Moments(im).Deviation, 1e-4);
        AssertLaw(before, Spectrum(re), slope, tilt);
        AssertLaw(other, Spectrum(im), slope, tilt);
    }

    [Fact]
    public void One_picture_alone_gets_what_it_gets_beside_another()
    {
        (float[] first, float[] second) = Planes.Complex(Side, 2);
        (float[] re, float[] im, float[] alone, float[] none) = ([.. first], [.. second], [.. first], new float[Side * Side]);
        var model = new SpectrumModel(Side);
        model.Set(1.5, 0);
        var fourier = new Fourier(Side);
        fourier.Transform(re, im);
        fourier.Transform(alone, none);
        model.Impose(re, im, 1, 1);
        model.Impose(alone, none, 1, null);
        fourier.Transform(im, re);
        fourier.Transform(none, alone);
        for (int i = 0; i < re.Length; i++)
            Assert.Equal(re[i], alone[i], 0.02);
        Assert.All(none, value => Assert.Equal(0, value, 0.02));
    }

    [Fact]
    public void Bands_get_heavy_tails_no_mean_and_wider_deviations_when_coarse()
    {
        var model = new WaveletModel(1, 4, new HistogramMatch());
        var random = new RandomStream(1, "wavelet", 0);
        model.Draw(ref random);
        double[] deviations = new double[17];
        for (int band = 0; band < deviations.Length; band++)
        {
            float[] values = Planes.Normal(256, (ulong)band);
            model.Apply(0, band, values);
            (double mean, deviations[band]) = PlaneMath.Moments(values);
            Assert.Equal(0, mean, 1e-3);
            if (band < 5)
                Assert.True(values.Average(value => Math.Pow(value / deviations[band], 4)) > 5, $"Band {band}");
        }

        // exp(-|x / 4|^r) has a deviation of 8.8 at r = .8, and 64 at .4 within its 200; a flat one 115.6.
        Assert.All(deviations[..5], deviation => Assert.InRange(deviation, 8, 65));
        Assert.All(deviations[9..13], deviation => Assert.InRange(deviation, 95, 116));
        Assert.All(deviations[13..], deviation => Assert.InRange(deviation, 114, 115.7));
    }

    [Fact]
    public void Axes_of_colour_stand_at_right_angles_about_the_mean_and_carry_the_colours_apart()
    {
        float[][] planes = [Planes.Normal(Side, 1), Planes.Normal(Side, 2), Planes.Normal(Side, 3)];
        for (int i = 0; i < planes[0].Length; i++)
            (planes[1][i], planes[2][i]) = ((0.5f * planes[1][i]) + planes[0][i] + 2, (0.2f * planes[2][i]) - planes[1][i]);
        float[][] before = [.. planes.Select(plane => plane.ToArray())];
        var axes = new SymmetricAxes();
        axes.Find(planes);
        axes.Project(planes);

        double[] rows = axes.Rows.ToArray();
        for (int a = 0; a < 3; a++)
        {
            Assert.True(rows[a * 3] + rows[(a * 3) + 1] + rows[(a * 3) + 2] >= 0);
            for (int b = 0; b < 3; b++)
            {
                Assert.Equal(a == b ? 1 : 0, Enumerable.Range(0, 3).Sum(i => rows[(a * 3) + i] * rows[(b * 3) + i]), 1e-12);
                if (a != b)
                    Assert.Equal(0, PlaneMath.Product(planes[a], planes[b]) / (Side * Side), 1e-5);
            }
        }

        Assert.True(PlaneMath.Product(planes[0], planes[0]) > PlaneMath.Product(planes[1], planes[1]));
        Assert.True(PlaneMath.Product(planes[1], planes[1]) > PlaneMath.Product(planes[2], planes[2]));
        Assert.Equal(before[1].Average(), axes.Mean[1], 1e-5);
        Assert.All(planes, plane => Assert.Equal(0, PlaneMath.Moments(plane).Mean, 1e-5));
        axes.Restore(planes);
        for (int i = 0; i < before[0].Length * 3; i++)
            Assert.Equal(before[i % 3][i / 3], planes[i % 3][i / 3], 1e-5);
    }

    [Fact]
    public void Colours_of_a_texture_lie_within_the_cube()
    {
        float[][] planes = [new float[Side * Side], new float[Side * Side], new float[Side * Side]];
        var model = new ColourModel(Side);
        for (ulong i = 0; i < 20; i++)
        {
            var random = new RandomStream(1, "colours", i);
            model.Draw(ref random, planes);
            Assert.All(model.Histograms, histogram => Assert.Equal(1, histogram.Below[^1], 1e-12));
            model.Axes.Restore(planes);
            (float low, float high) = PlaneMath.Range(planes);
            Assert.Equal(0, low, 1e-3);
            Assert.Equal(256, high, 1e-3);
        }
    }

    private static Complex[] Spectrum(float[] plane)
    {
        Complex[] spectrum = [.. plane.Select(value => new Complex(value, 0))];
        SlowFourier.Transform(spectrum, Side);
        return spectrum;
    }

    private static void AssertLaw(Complex[] before, Complex[] after, double slope, double tilt)
    {
        double Law(int i) => 1 / (Math.Pow(Frequency(i % Side), slope + tilt) + Math.Pow(Frequency(i / Side), slope - tilt));
        double unit = after[1].Magnitude / Law(1);
        for (int i = 1; i < after.Length; i++)
        {
            Assert.Equal(1, after[i].Magnitude / (unit * Law(i)), 2e-3);
            if (before[i].Magnitude > 5)
                Assert.Equal(0, (after[i] / before[i]).Phase, 2e-3);
        }
    }

    private static double Frequency(int k) => (double)Math.Min(k, Side - k) / Side;
}
