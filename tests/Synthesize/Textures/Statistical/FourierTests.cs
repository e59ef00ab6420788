using System.Numerics;
using Unreel.Synthesize.Textures.Statistical;

namespace Unreel.Synthesize.Tests.Textures.Statistical;

public sealed class FourierTests
{
    [Theory]
    [InlineData(8)]
    [InlineData(16)]
    [InlineData(32)]
    public void Is_the_sum_it_stands_for(int side)
    {
        (float[] re, float[] im) = Planes.Complex(side, 1);
        var expected = new Complex[side * side];
        for (int i = 0; i < expected.Length; i++)
        {
            for (int n = 0; n < expected.Length; n++)
            {
                double turns = (double)(((i / side * (n / side)) + (i % side * (n % side))) % side) / side;
                expected[i] += new Complex(re[n], im[n]) * Complex.FromPolarCoordinates(1, -2 * Math.PI * turns);
            }
        }

        new Fourier(side).Transform(re, im);
        AssertClose(expected, re, im, 1e-5 * side);
    }

    [Theory]
    [InlineData(64)]
    [InlineData(128)]
    [InlineData(256)]
    public void Agrees_with_a_simple_transform_on_large_pictures(int side)
    {
        (float[] re, float[] im) = Planes.Complex(side, 2);
        Complex[] expected = [.. re.Zip(im, (a, b) => new Complex(a, b))];
        SlowFourier.Transform(expected, side);
        new Fourier(side).Transform(re, im);
        AssertClose(expected, re, im, 2e-6 * side);
    }

    [Theory]
    [InlineData(32)]
    [InlineData(256)]
    public void Backward_with_the_planes_exchanged_undoes_it(int side)
    {
        (float[] re, float[] im) = Planes.Complex(side, 3);
        (float[] real, float[] imaginary) = ([.. re], [.. im]);
        var fourier = new Fourier(side);
        fourier.Transform(re, im);
        fourier.Transform(im, re);
        for (int i = 0; i < re.Length; i++)
        {
            Assert.Equal(real[i], re[i] / (side * side), 2e-6);
            Assert.Equal(imaginary[i], im[i] / (side * side), 2e-6);
        }
    }

    private static void AssertClose(Complex[] expected, float[] re, float[] im, double tolerance)
    {
        for (int i = 0; i < expected.Length; i++)
            Assert.True((expected[i] - new Complex(re[i], im[i])).Magnitude < tolerance, $"{i}: {expected[i]} and not {re[i]} {im[i]}");
    }
}
