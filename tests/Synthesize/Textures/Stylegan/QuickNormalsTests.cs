using Unreel.Synthesize.Textures.Stylegan;
using Unreel.Video;

namespace Unreel.Synthesize.Tests.Textures.Stylegan;

public sealed class QuickNormalsTests
{
    private const int Count = 1_000_000;

    // Each tolerance is five standard errors.
    [Fact]
    public void Numbers_are_standard_normal_to_their_tails()
    {
        var random = new RandomStream(3, "normals", 0);
        float[] values = new float[Count];
        QuickNormals.Fill(ref random, values);

        double root = Math.Sqrt(Count);
        Assert.Equal(0, values.Average(), 5 / root);
        Assert.Equal(1, values.Average(x => (double)x * x), 5 * Math.Sqrt(2) / root);
        Assert.Equal(3, values.Average(x => Math.Pow(x, 4)), 5 * Math.Sqrt(96) / root);
        AssertShare(values, 0, .5);
        AssertShare(values, 1, .158655);
        AssertShare(values, -1, .841345);
        AssertShare(values, 2, .0227501);
        AssertShare(values, 3.45f, 2.8029e-4);
        AssertShare(values, 3.6f, 1.5911e-4);
        AssertShare(values, 4, 3.1671e-5);
        AssertShare(values, -4, 1 - 3.1671e-5);
    }

    private static void AssertShare(float[] values, float bound, double share) =>
        Assert.Equal(share, values.Count(x => x > bound) / (double)Count, 5 * Math.Sqrt(share * (1 - share) / Count));
}
