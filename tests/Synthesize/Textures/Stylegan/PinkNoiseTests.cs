using System.Numerics;
using Unreel.Synthesize.Textures.Stylegan;
using Unreel.Video;

namespace Unreel.Synthesize.Tests.Textures.Stylegan;

public sealed class PinkNoiseTests
{
    private const int Side = 128;

    [Theory]
    [InlineData(4, false)]
    [InlineData(4, true)]
    [InlineData(8, true)]
    [InlineData(64, false)]
    [InlineData(64, true)]
    public void Two_maps_of_one_transform_are_finished_alike_and_do_not_depend_on_each_other(int side, bool enveloped)
    {
        var noise = new PinkNoise(64);
        var random = new RandomStream(1, "test", (ulong)side);
        double products = 0;
        const int Draws = 60;
        for (int draw = 0; draw < Draws; draw++)
        {
            noise.Draw(ref random, side, pair: true, enveloped);
            products += Math.Pow(Correlation(noise.First(side), noise.Second(side)), 2) / Draws;
            AssertFinished(noise.First(side), centred: !enveloped);
            AssertFinished(noise.Second(side), centred: !enveloped);
        }

        // Of unrelated maps the squared correlation is one over the number of free amplitudes, few as their spectra are steep.
        Assert.InRange(products, 0, side == 4 ? .25 : .12);
    }

    [Fact]
    public void Amplitudes_follow_one_power_of_frequency_between_the_bounds()
    {
        var noise = new PinkNoise(Side);
        var random = new RandomStream(2, "test", 0);
        double[] powers = [.. Enumerable.Range(0, 20).SelectMany(_ =>
        {
            noise.Draw(ref random, Side, pair: true, enveloped: false);
            return new[] { Power(noise.First(Side)), Power(noise.Second(Side)) };
        })];

        Assert.All(powers, power => Assert.InRange(power, .5, 1.5));
        Assert.InRange(powers.Max() - powers.Min(), .7, 1);
    }

    [Fact]
    public void A_single_map_leaves_the_imaginary_part_empty()
    {
        var noise = new PinkNoise(Side);
        var random = new RandomStream(3, "test", 0);
        noise.Draw(ref random, Side, pair: false, enveloped: false);

        double largest = 0;
        foreach (float value in noise.Second(Side))
            largest = Math.Max(largest, Math.Abs(value));
        Assert.InRange(largest, 0, 1e-3);
    }

    [Fact]
    public void Halving_averages_four()
    {
        var noise = new PinkNoise(8);
        float[] map = [.. Enumerable.Range(0, 64).Select(i => (float)(i * i % 37))];
        map.CopyTo(noise.First(8));
        noise.Halve(8);

        for (int i = 0; i < 16; i++)
        {
            int corner = (i / 4 * 16) + (i % 4 * 2);
            Assert.Equal((map[corner] + map[corner + 1] + map[corner + 8] + map[corner + 9]) / 4, noise.First(4)[i], 1e-5f);
        }
    }

    [Fact]
    public void An_envelope_goes_smoothly_through_its_values()
    {
        // With three pixels a value the middle one lies on it.
        float[] coarse = Envelope(4), middle = Envelope(12), fine = Envelope(128);
        float largest = coarse.Max(Math.Abs);

        for (int i = 0; i < 16; i++)
            Assert.Equal(coarse[i], middle[(((3 * (i / 4)) + 1) * 12) + (3 * (i % 4)) + 1], 1e-5f);
        for (int i = 0; i < fine.Length - 1; i++)
            Assert.True(i % 128 == 127 || Math.Abs(fine[i] - fine[i + 1]) < .12 * largest, $"Pixels {fine[i]} and {fine[i + 1]}.");
    }

    private static float[] Envelope(int side)
    {
        var random = new RandomStream(4, "test", 0);
        float[] picture = [.. Enumerable.Repeat(1f, side * side)];
        new LaplaceEnvelope().Multiply(ref random, side, picture);
        return picture;
    }

    private static void AssertFinished(ReadOnlySpan<float> map, bool centred)
    {
        double sum = 0, squares = 0;
        foreach (float value in map)
            (sum, squares) = (sum + value, squares + ((double)value * value));
        Assert.Equal(1, (squares - (sum * sum / map.Length)) / (map.Length - 1), 1e-4);
        if (centred)
            Assert.Equal(0, sum / map.Length, 1e-4);
    }

    private static double Correlation(ReadOnlySpan<float> a, ReadOnlySpan<float> b)
    {
        double sum = 0, sumA = 0, sumB = 0;
        for (int i = 0; i < a.Length; i++)
            (sum, sumA, sumB) = (sum + (a[i] * b[i]), sumA + a[i], sumB + b[i]);
        return (sum - (sumA * sumB / a.Length)) / a.Length;
    }

    // Every amplitude lies on the line: the power is read off two of them and held against all.
    private static double Power(ReadOnlySpan<float> map)
    {
        var spectrum = new Complex[Side * Side];
        for (int i = 0; i < spectrum.Length; i++)
            spectrum[i] = map[i];
        SlowFourier.Transform(spectrum, Side);
        double power = Math.Log(spectrum[1].Magnitude / spectrum[32].Magnitude) / Math.Log(32);
        for (int row = 1; row < Side / 2; row++)
        {
            double expected = spectrum[1].Magnitude * Math.Pow(double.Hypot(row, 9), -power);
            Assert.Equal(1, spectrum[(row * Side) + 9].Magnitude / expected, .02);
            Assert.Equal(1, spectrum[((Side - row) * Side) + 9].Magnitude / expected, .02);
        }

        return power;
    }
}
