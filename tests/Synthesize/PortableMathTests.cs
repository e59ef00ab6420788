using Unreel.Video;

namespace Unreel.Synthesize.Tests;

public sealed class PortableMathTests
{
    private const double Relative = 1e-15;

    [Fact]
    public void Logarithm_agrees_with_the_platform()
    {
        var random = new RandomStream(1, "log", 0);
        for (int i = 0; i < 20_000; i++)
        {
            double x = i % 2 == 0 ? random.NextDouble(0, 3) : Math.ScaleB(random.NextDouble(1, 2), random.NextInt(-1070, 1023));
            Close(Math.Log(x), PortableMath.Log(x));
        }

        Close(Math.Log(1 + 1e-9), PortableMath.Log(1 + 1e-9));
        Close(Math.Log(double.Epsilon), PortableMath.Log(double.Epsilon));
        Close(Math.Log(double.MaxValue), PortableMath.Log(double.MaxValue));
    }

    [Fact]
    public void Exponential_agrees_with_the_platform()
    {
        var random = new RandomStream(1, "exp", 0);
        for (int i = 0; i < 20_000; i++)
        {
            double x = i % 2 == 0 ? random.NextDouble(-2, 2) : random.NextDouble(-700, 709);
            Close(Math.Exp(x), PortableMath.Exp(x));
        }
    }

    [Fact]
    public void Power_agrees_with_the_platform()
    {
        var random = new RandomStream(1, "pow", 0);
        for (int i = 0; i < 20_000; i++)
        {
            double x = random.NextDouble(0, 200), y = random.NextDouble(-4, 4);
            double slack = Math.Max(1, Math.Abs(y * Math.Log(x)));
            Assert.InRange(PortableMath.Pow(x, y) / Math.Pow(x, y), 1 - (Relative * slack), 1 + (Relative * slack));
        }
    }

    [Fact]
    public void Ends_of_the_line_are_those_of_the_platform()
    {
        Assert.Equal(double.NegativeInfinity, PortableMath.Log(0));
        Assert.Equal(double.PositiveInfinity, PortableMath.Log(double.PositiveInfinity));
        Assert.Equal(double.NaN, PortableMath.Log(-1));
        Assert.Equal(double.NaN, PortableMath.Log(double.NaN));
        Assert.Equal(0, PortableMath.Log(1));
        Assert.Equal(1, PortableMath.Exp(0));
        Assert.Equal(0, PortableMath.Exp(double.NegativeInfinity));
        Assert.Equal(0, PortableMath.Exp(-800));
        Assert.Equal(double.PositiveInfinity, PortableMath.Exp(710));
        Assert.Equal(double.NaN, PortableMath.Exp(double.NaN));
        Assert.Equal(Math.Exp(-740), PortableMath.Exp(-740), 5e-324);
        Assert.Equal(0, PortableMath.Pow(0, 0.5));
        Assert.Equal(1, PortableMath.Pow(0, 0));
    }

    private static void Close(double expected, double actual) =>
        Assert.True(Math.Abs(actual - expected) <= Relative * Math.Abs(expected), $"{actual:R} is not {expected:R}.");
}
