using Unreel.Synthesize.Rendering;

namespace Unreel.Synthesize.Tests.Rendering;

public sealed class TurnTests
{
    [Fact]
    public void Agrees_with_the_platform_to_the_last_bits()
    {
        for (int i = -4000; i <= 4000; i++)
        {
            double turns = i / 1231.0;
            (double cos, double sin) = Turn.CosSin(turns);
            double fraction = turns - Math.Round(turns);
            Assert.Equal(Math.Cos(2 * Math.PI * fraction), cos, 1e-15);
            Assert.Equal(Math.Sin(2 * Math.PI * fraction), sin, 1e-15);
        }
    }

    [Theory]
    [InlineData(0, 1, 0)]
    [InlineData(0.25, 0, 1)]
    [InlineData(0.5, -1, 0)]
    [InlineData(-0.25, 0, -1)]
    [InlineData(7, 1, 0)]
    public void Is_exact_at_quarter_turns(double turns, double cos, double sin) => Assert.Equal((cos, sin), Turn.CosSin(turns));
}
