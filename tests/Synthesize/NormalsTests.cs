using Unreel.Video;

namespace Unreel.Synthesize.Tests;

public sealed class NormalsTests
{
    private const int Count = 200_000;

    [Fact]
    public void Single_numbers_are_standard_normal()
    {
        var random = new RandomStream(3, "normals", 0);
        float[] values = new float[Count];
        for (int i = 0; i < Count; i++)
            values[i] = (float)Normals.Next(ref random);
        AssertStandardNormal(values);
    }

    [Fact]
    public void Filled_numbers_are_standard_normal_and_the_pairs_do_not_depend()
    {
        var random = new RandomStream(3, "normals", 1);
        float[] values = new float[Count + 1];
        Normals.Fill(ref random, values);
        AssertStandardNormal(values.AsSpan(0, Count));

        double product = 0, products = 0;
        for (int i = 0; i < Count; i += 2)
        {
            product += values[i] * values[i + 1];
            products += (values[i] * values[i]) * (values[i + 1] * values[i + 1]);
        }

        Assert.Equal(0, product * 2 / Count, 0.016);
        Assert.Equal(1, products * 2 / Count, 0.05);
        Assert.NotEqual(0, values[Count]);
    }

    // Each tolerance is five standard errors.
    private static void AssertStandardNormal(ReadOnlySpan<float> values)
    {
        double mean = 0, square = 0, fourth = 0, inside = 0;
        foreach (float x in values)
        {
            (mean, square, fourth) = (mean + x, square + (x * x), fourth + ((x * x) * (x * x)));
            inside += Math.Abs(x) < 1 ? 1 : 0;
        }

        double root = Math.Sqrt(Count);
        Assert.Equal(0, mean / Count, 5 / root);
        Assert.Equal(1, square / Count, 5 * Math.Sqrt(2) / root);
        Assert.Equal(3, fourth / Count, 5 * Math.Sqrt(96) / root);
        Assert.Equal(0.682689, inside / Count, 5 * 0.4655 / root);
    }
}
