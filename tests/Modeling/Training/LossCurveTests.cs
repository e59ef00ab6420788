using System.Globalization;
using System.Xml.Linq;

namespace Unreel.Modeling.Tests;

public class LossCurveTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(100_000)]
    public void Every_step_is_in_the_curve(int steps)
    {
        StepMetrics[] metrics = [.. Enumerable.Range(0, steps).Select(step => new StepMetrics(step, 0, 2 - ((double)step / steps), 1e-3))];

        XElement svg = XElement.Parse(LossCurve.Draw(metrics));

        (double X, double Y)[] raw = Points(svg, "raw");
        Assert.Equal(Math.Min(600, steps), raw.Length);
        Assert.True(raw.Zip(raw.Skip(1)).All(pair => pair.First.X < pair.Second.X && pair.First.Y <= pair.Second.Y), "a falling loss is drawn falling, from left to right");
        Assert.Contains(svg.Descendants(), node => node.Value == $"step {steps}");
        Assert.All(raw, point => Assert.True(point is { X: >= 60 and <= 700, Y: >= 23.9 and <= 264.1 }, $"{point} is outside the panel"));
    }

    [Fact]
    public void A_flat_loss_and_a_rate_of_zero_can_be_drawn()
    {
        StepMetrics[] metrics = [.. Enumerable.Range(0, 5).Select(step => new StepMetrics(step, 0, 1, 0))];

        Assert.All(Points(XElement.Parse(LossCurve.Draw(metrics)), "rate"), point => Assert.True(double.IsFinite(point.Y)));
    }

    private static (double X, double Y)[] Points(XElement svg, string style) =>
    [
        .. svg.Descendants().Single(node => (string?)node.Attribute("class") == style).Attribute("points")!.Value
            .Split(' ', StringSplitOptions.RemoveEmptyEntries)
            .Select(point => point.Split(','))
            .Select(parts => (double.Parse(parts[0], CultureInfo.InvariantCulture), double.Parse(parts[1], CultureInfo.InvariantCulture))),
    ];
}
