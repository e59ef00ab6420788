namespace Unreel.Onnx.Tests;

/// <summary>Ranges of activations.</summary>
public sealed class PrecisionCalibrationTests
{
    [Fact]
    public void The_extremes_are_those_of_all_numbers_and_zero()
    {
        var histogram = new RangeHistogram();
        histogram.Add("x", [.. Enumerable.Range(1, 37).Select(value => value / 10f)]);
        histogram.Add("x", [0.5f]);

        Assert.Equal(new TensorRange(0, 3.7f), histogram.Choose(CalibrationMethod.MinMax));
        Assert.Equal(38, histogram.Count);
    }

    [Fact]
    public void Bins_hold_their_counts_however_often_they_widen()
    {
        float[] values = SeededFloats.Uniform(20_000, seed: 3);
        var slow = new RangeHistogram();
        foreach (float[] chunk in values.OrderBy(MathF.Abs).Chunk(100))
            slow.Add("x", chunk);
        var quick = new RangeHistogram();
        quick.Add("x", values);

        // A bin is one 4096th of the range: more cannot lie between.
        TensorRange one = slow.Choose(CalibrationMethod.Percentile), other = quick.Choose(CalibrationMethod.Percentile);
        Assert.Equal(one.Least, other.Least, 1f / 2048);
        Assert.Equal(one.Most, other.Most, 1f / 2048);
    }

    [Theory]
    [InlineData(CalibrationMethod.Percentile)]
    [InlineData(CalibrationMethod.MeanSquare)]
    public void An_outlier_in_a_hundred_thousand_is_cut_off(CalibrationMethod method)
    {
        float[] values = SeededFloats.Uniform(100_000, seed: 3);
        values[77] = 12;
        var histogram = new RangeHistogram();
        histogram.Add("x", values);

        TensorRange range = histogram.Choose(method);

        Assert.InRange(range.Least, -1, -0.95f);
        Assert.InRange(range.Most, 0.95f, method == CalibrationMethod.Percentile ? 1.01f : 11);
    }

    // The plain search over the numbers themselves.
    [Fact]
    public void The_least_square_is_that_of_the_numbers_themselves()
    {
        float[] values = [.. SeededFloats.Uniform(4000, seed: 8).Select(value => 3 * value * value * value)];
        var histogram = new RangeHistogram();
        histogram.Add("x", values);

        double chosen = Error(values, histogram.Choose(CalibrationMethod.MeanSquare)), whole = Error(values, histogram.Choose(CalibrationMethod.MinMax));

        Assert.InRange(chosen, 0, 1.02 * whole);
        Assert.InRange(chosen, 0.5 * Best(values), 1.1 * Best(values));
    }

    [Fact]
    public void A_tensor_that_is_always_zero_has_a_scale_of_one()
    {
        var histogram = new RangeHistogram();
        histogram.Add("x", new float[100]);

        Assert.All(Enum.GetValues<CalibrationMethod>(), method => Assert.Equal((1f, (byte)0), (histogram.Choose(method).Scale, histogram.Choose(method).Zero)));
    }

    [Theory]
    [InlineData(3f, 0)]
    [InlineData(-3f, 255)]
    public void A_constant_tensor_is_the_farthest_code(float value, int zero)
    {
        var histogram = new RangeHistogram();
        histogram.Add("x", Enumerable.Repeat(value, 100).ToArray());

        TensorRange range = histogram.Choose(CalibrationMethod.MeanSquare);

        Assert.Equal((zero, 3f / 255), (range.Zero, range.Scale));
    }

    [Theory]
    [InlineData(float.NaN)]
    [InlineData(float.PositiveInfinity)]
    public void A_tensor_that_is_not_finite_is_named(float wrong)
    {
        float[] values = new float[67];
        foreach (int place in new[] { 5, 66 })
        {
            values[place] = wrong;
            Assert.Contains("'blocks.1'", Assert.Throws<PrecisionException>(() => new RangeHistogram().Add("blocks.1", values)).Message, StringComparison.Ordinal);
            values[place] = 0;
        }
    }

    [Theory]
    [InlineData(-1f, 3f, 64)]
    [InlineData(0f, 3f, 0)]
    [InlineData(-3f, 0f, 255)]
    public void Zero_is_a_code(float least, float most, int zero) => Assert.Equal(zero, new TensorRange(least, most).Zero);

    private static double Error(float[] values, TensorRange range) => values.Sum(value =>
    {
        double code = Math.Clamp(Math.Round(value / (double)range.Scale) + range.Zero, 0, 255);
        return Math.Pow(((code - range.Zero) * range.Scale) - value, 2);
    });

    private static double Best(float[] values) => (
        from low in Enumerable.Range(0, 40)
        from high in Enumerable.Range(0, 40)
        select Error(values, new TensorRange(values.Min() * (1 - (low / 40f)), values.Max() * (1 - (high / 40f))))).Min();
}
