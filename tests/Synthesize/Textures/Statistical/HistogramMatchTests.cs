using Unreel.Synthesize.Textures.Statistical;

namespace Unreel.Synthesize.Tests.Textures.Statistical;

public sealed class HistogramMatchTests
{
    [Fact]
    public void Values_get_the_histogram_wanted_and_keep_their_order()
    {
        float[] values = Planes.Normal(256, 1);
        float[] before = [.. values];
        double[] weights = [1, 0, 3, 2, 0, 0, 4, 2];
        var wanted = new Histogram(800);
        wanted.Set(-4, 0.01, [.. weights.SelectMany(weight => Enumerable.Repeat(weight, 100))]);
        new HistogramMatch().Apply(values, wanted);

        for (int bin = 0; bin < weights.Length; bin++)
        {
            double share = values.Count(value => value >= bin - 4 && value < bin - 3) / (double)values.Length;
            Assert.Equal(weights[bin] / 12, share, 0.004);
        }

        Array.Sort(before, values);
        Assert.True(values.Zip(values.Skip(1)).All(pair => pair.First <= pair.Second));
    }

    [Fact]
    public void Values_that_have_the_histogram_stay_in_their_bins()
    {
        float[] values = Planes.Normal(256, 2);
        float[] before = [.. values];
        var wanted = new Histogram(256);
        wanted.Set(values);
        new HistogramMatch().Apply(values, wanted);

        // Farther out there are bins without values, across which one may move.
        for (int i = 0; i < values.Length; i++)
            Assert.Equal(before[i], values[i], Math.Abs(before[i]) < 2.5 ? 0.01 * wanted.Step : 10 * wanted.Step);
    }

    [Fact]
    public void A_flat_plane_stays()
    {
        float[] values = [.. Enumerable.Repeat(3f, 64)];
        var wanted = new Histogram(4);
        wanted.Set(0, 1, [1, 2, 3, 4]);
        new HistogramMatch().Apply(values, wanted);
        Assert.All(values, value => Assert.Equal(3, value));
    }

    [Fact]
    public void A_histogram_counts_what_lies_below_each_edge()
    {
        var histogram = new Histogram(4);
        histogram.Set([0f, 0.5f, 1.5f, 4f, 3f, 3.5f, 0f, 0f]);
        Assert.Equal((0.0, 1.0), (histogram.Low, histogram.Step));
        Assert.Equal([0, 4 / 8.0, 5 / 8.0, 5 / 8.0, 1], histogram.Below.ToArray());
    }
}
