namespace Unreel.Modeling.Tests;

public sealed class SinusoidTests
{
    [Fact]
    public void The_first_position_is_sine_and_cosine_of_zero() => Assert.Equal([0, 1, 0, 1], Sinusoid.Table(1, 4));

    [Theory]
    [InlineData(3, 0, 0.14112001)] // sin 3
    [InlineData(3, 1, -0.98999250)] // cos 3
    [InlineData(3, 2, 0.02999550)] // sin .03: the second pair turns 10000^(-1/2) as fast
    [InlineData(3, 3, 0.99955003)] // cos .03
    public void Pairs_of_columns_turn_at_geometric_rates(int token, int column, double expected) =>
        Assert.Equal(expected, Sinusoid.Table(4, 4)[(token * 4) + column], 6);
}
