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
