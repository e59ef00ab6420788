using System.Globalization;
using System.Text;

namespace Unreel.Modeling;

/// <summary>Draws the metrics of a training: the loss as it was and smoothed, below it the learning rate.</summary>
internal static class LossCurve
{
    /// <summary>The file's name.</summary>
    public const string Name = "loss.svg";

    private const int Points = 600, Smoothing = 40;
    private const string Style =
        "text{font:11px sans-serif;fill:#444}.grid{stroke:#ddd}.raw{fill:none;stroke:#9bbcdf}.smooth{fill:none;stroke:#1f5f9e;stroke-width:2}.rate{fill:none;stroke:#c46a1b;stroke-width:1.5}";

    private static readonly Panel LossPanel = new(60, 24, 640, 240), RatePanel = new(60, 300, 640, 70);

    /// <summary>Writes the picture.</summary>
    public static void Write(string path, IReadOnlyList<StepMetrics> steps) => File.WriteAllText(path, Draw(steps));

    /// <summary>The picture as SVG; every step counts, however many there are.</summary>
    public static string Draw(IReadOnlyList<StepMetrics> steps)
    {
        var svg = new StringBuilder();
        Line(svg, $"<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 720 400\" width=\"720\" height=\"400\"><style>{Style}</style>");
        Line(svg, $"<rect width=\"720\" height=\"400\" fill=\"#fff\"/>");
        double[] losses = Buckets(steps, step => step.Loss), rates = Buckets(steps, step => step.Lr);
        Scale lossScale = Scale.Around(losses), rateScale = Scale.From0(rates);
        Axes(svg, LossPanel, lossScale, 5, "loss");
        Curve(svg, LossPanel, lossScale, losses, "raw");
        Curve(svg, LossPanel, lossScale, Smoothed(losses), "smooth");
        Axes(svg, RatePanel, rateScale, 2, "learning rate");
        Curve(svg, RatePanel, rateScale, rates, "rate");
        Line(svg, $"<text x=\"60\" y=\"390\">step 0</text><text x=\"700\" y=\"390\" text-anchor=\"end\">step {steps.Count}</text>");
        Line(svg, $"</svg>");
        return svg.ToString();
    }

    /// <summary>Means over equal stretches of steps, at most <see cref="Points"/> of them.</summary>
    private static double[] Buckets(IReadOnlyList<StepMetrics> steps, Func<StepMetrics, double> value)
    {
        int count = Math.Min(Points, steps.Count);
        double[] means = new double[count];
        for (int bucket = 0; bucket < count; bucket++)
        {
            int from = (int)((long)bucket * steps.Count / count), to = (int)((long)(bucket + 1) * steps.Count / count);
            means[bucket] = steps.Skip(from).Take(to - from).Average(value);
        }

        return means;
    }

    private static double[] Smoothed(double[] values)
    {
        int reach = Math.Max(1, values.Length / Smoothing);
        return [.. values.Select((_, index) => values[Math.Max(0, index - reach)..Math.Min(values.Length, index + reach + 1)].Average())];
    }

    private static void Axes(StringBuilder svg, Panel panel, Scale scale, int lines, string title)
    {
        Line(svg, $"<text x=\"{panel.X}\" y=\"{panel.Y - 8}\">{title}</text>");
        for (int line = 0; line <= lines; line++)
        {
            double value = scale.Low + ((scale.High - scale.Low) * line / lines);
            double y = panel.Y + panel.Height - (scale.Place(value) * panel.Height);
            Line(svg, $"<line class=\"grid\" x1=\"{panel.X}\" x2=\"{panel.X + panel.Width}\" y1=\"{y:0.#}\" y2=\"{y:0.#}\"/>");
            Line(svg, $"<text x=\"{panel.X - 6}\" y=\"{y + 4:0.#}\" text-anchor=\"end\">{value:G3}</text>");
        }
    }

    private static void Curve(StringBuilder svg, Panel panel, Scale scale, double[] values, string style)
    {
        svg.Append(CultureInfo.InvariantCulture, $"<polyline class=\"{style}\" points=\"");
        for (int index = 0; index < values.Length; index++)
        {
            double x = panel.X + ((index + 0.5) * panel.Width / values.Length), y = panel.Y + panel.Height - (scale.Place(values[index]) * panel.Height);
            svg.Append(CultureInfo.InvariantCulture, $"{x:0.#},{y:0.#} ");
        }

        svg.Append("\"/>\n");
    }

    private static void Line(StringBuilder svg, FormattableString text) => svg.Append(text.ToString(CultureInfo.InvariantCulture)).Append('\n');

    private readonly record struct Panel(int X, int Y, int Width, int Height);

    private readonly record struct Scale(double Low, double High)
    {
        public static Scale Around(double[] values) => values.Length == 0 ? new(0, 1) : new(values.Min(), Math.Max(values.Max(), values.Min() + 1e-9));

        public static Scale From0(double[] values) => values.Length == 0 ? new(0, 1) : new(0, Math.Max(values.Max(), 1e-12));

        public double Place(double value) => (value - Low) / (High - Low);
    }
}
