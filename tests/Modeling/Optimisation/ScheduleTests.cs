namespace Unreel.Modeling.Tests;

public sealed class ScheduleTests
{
    private static readonly WarmupCosine Schedule = new() { Peak = 1, Lowest = 0.1, WarmupSteps = 5, Steps = 15 };

    [Theory]
    [InlineData(0, 0)]
    [InlineData(1, 0.25)]
    [InlineData(4, 1)]
    [InlineData(5, 1)]
    [InlineData(10, 0.55)] // half way down: (1 + .1) / 2
    [InlineData(14, 0.1220246)] // .1 + .45 (1 + cos .9 pi)
    [InlineData(15, 0.1)]
    public void Warm_up_is_linear_and_the_rest_half_a_cosine(long step, double expected) =>
        Assert.Equal(expected, Schedule.At(step), 7);

    [Fact]
    public void Without_warm_up_the_first_rate_is_the_peak() =>
        Assert.Equal(2, new WarmupCosine { Peak = 2, Steps = 3 }.At(0));
}
