using System.Runtime.Intrinsics;
using Unreel.Synthesize.Textures.Stylegan;
using Unreel.Video;

namespace Unreel.Synthesize.Tests.Textures.Stylegan;

public sealed class ActivationTableTests
{
    private const int Channels = 96;

    [Theory]
    [InlineData(-.2, .2)]
    [InlineData(0, .2)]
    [InlineData(0, 0)]
    [InlineData(.1, .1)]
    public void Sums_over_rectified_channels_are_what_they_are_one_by_one(double low, double high)
    {
        var random = new RandomStream(2, "test", 0);
        float[] biases = new float[Channels], signs = new float[Channels], weights = new float[Channels * ActivationTable.Columns];
        Normals.Fill(ref random, weights);
        for (int channel = 0; channel < Channels; channel++)
            (biases[channel], signs[channel]) = ((float)random.NextDouble(low, high), channel % 3 == 0 ? -1 : 1);
        var (positive, negative) = (new ActivationTable(), new ActivationTable());
        positive.Build(biases, signs, 1, weights);
        negative.Build(biases, signs, -1, weights);

        for (int i = 0; i < 2000; i++)
        {
            float u = i < Channels ? -biases[i] : (float)random.NextDouble(-.5, .5), v = (float)random.NextDouble(-3, 3);
            AssertSums(positive, u, negative, v, column => Enumerable.Range(0, Channels).Sum(channel =>
                (double)weights[(channel * ActivationTable.Columns) + column] * Math.Max(0, (signs[channel] > 0 ? u : v) + (double)biases[channel])));
        }
    }

    [Fact]
    public void A_sign_that_no_channel_has_gives_nothing()
    {
        var (positive, negative) = (new ActivationTable(), new ActivationTable());
        float[] weights = [.. Enumerable.Repeat(1f, ActivationTable.Columns)];
        positive.Build([.1f], [1], 1, weights);
        negative.Build([.1f], [1], -1, weights);

        AssertSums(positive, 2, negative, 5, _ => 2.1);
        AssertSums(positive, -2, negative, -5, _ => 0);
    }

    private static void AssertSums(ActivationTable positive, float u, ActivationTable negative, float v, Func<int, double> expected)
    {
        Span<Vector256<float>> sums = stackalloc Vector256<float>[2];
        ActivationTable.Evaluate(positive, u, negative, v, sums);
        Vector128<float> last = ActivationTable.EvaluateLast(positive, u, negative, v);
        for (int column = 0; column < ActivationTable.Columns; column++)
            Assert.Equal(expected(column), sums[column / 8][column % 8], 2e-4);
        for (int column = 0; column < 4; column++)
            Assert.Equal(sums[1][4 + column], last[column]);
    }
}
