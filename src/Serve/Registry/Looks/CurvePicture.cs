using System.Globalization;
using System.Text;
using Unreel.Serve.Http;

namespace Unreel.Serve.Registry;

/// <summary>Draws a curve: its mean as a line, and how far it strays around that as a band.</summary>
internal static class CurvePicture
{
    private const double Width = 560, Height = 240, Left = 58, Right = 26, Top = 8, Bottom = 34;

    private const int Stretches = 180, Ticks = 5;

    /// <summary>All curves of a file.</summary>
    public static Html Of(IReadOnlyList<Curve> curves) =>
        curves.Count == 0 ? Html.Empty : Html.Of($"<div class=\"media large\">{Html.Join(curves.Select(Of))}</div>");

    private static Html Of(Curve curve)
    {
        IReadOnlyList<(double X, double Mean, double Least, double Most)> parts = curve.Stretches(Stretches);
        (double from, double to) = (parts[0].X, Math.Max(parts[^1].X, parts[0].X + 1e-9));
        double[] xs = [.. Scale(from, to).Where(x => x >= from && x <= to)], ys = Scale(parts.Min(part => part.Least), parts.Max(part => part.Most));
        (double least, double most) = (curve.Points.Min(point => point.Y), curve.Points.Max(point => point.Y));
        string said = $"{curve.Name}: {Figures.Value(curve.Points[0].Y)} at {curve.Along} {Figures.Value(curve.Points[0].X)}, {Figures.Value(curve.Points[^1].Y)} at {Figures.Value(curve.Points[^1].X)}; least {Figures.Value(least)}, most {Figures.Value(most)}";
        double X(double x) => Left + ((x - from) / (to - from) * (Width - Left - Right));
        double Y(double y) => Height - Bottom - ((y - ys[0]) / (ys[^1] - ys[0]) * (Height - Top - Bottom));
        string line = Path(parts.Select(part => (X(part.X), Y(part.Mean))));
        string band = Path([.. parts.Select(part => (X(part.X), Y(part.Most))), .. parts.Reverse().Select(part => (X(part.X), Y(part.Least)))]) + "Z";
        return Html.Of($"""
            <figure><div class="scroll" role="region" aria-label="Curve" tabindex="0"><svg class="chart" viewBox="0 0 {Width} {Height}" role="img" aria-label="{said}">
            {Html.Join(ys.Select(y => Html.Of($"<path class=\"axis\" d=\"M{Left} {Y(y):0.#}H{Width - Right}\"/><text x=\"{Left - 6}\" y=\"{Y(y) + 4:0.#}\" text-anchor=\"end\">{Text(y)}</text>")))}
            {Html.Join(xs.Select(x => Html.Of($"<text x=\"{X(x):0.#}\" y=\"{Height - Bottom + 16}\" text-anchor=\"middle\">{Text(x)}</text>")))}
            <text x="{(Width + Left) / 2}" y="{Height - 4}" text-anchor="middle">{curve.Along}</text>
            <path class="spread" d="{band}"/><path class="curve" d="{line}"/></svg></div>
            <figcaption>{said}</figcaption></figure>
            """);
    }

    private static string Path(IEnumerable<(double X, double Y)> points)
    {
        StringBuilder path = new();
        foreach ((double x, double y) in points)
            path.Append(CultureInfo.InvariantCulture, $"{(path.Length == 0 ? 'M' : 'L')}{x:0.#} {y:0.#}");
        return path.ToString();
    }

    // Round numbers, from below the least to above the most.
    private static double[] Scale(double least, double most)
    {
        if (most - least <= Math.Abs(most) * 1e-12)
            (least, most) = (least - Math.Max(1e-12, Math.Abs(least) * .1), most + Math.Max(1e-12, Math.Abs(most) * .1));

        double rough = (most - least) / (Ticks - 1), power = Math.Pow(10, Math.Floor(Math.Log10(rough)));
        double step = power * (rough / power) switch { <= 1 => 1, <= 2 => 2, <= 2.5 => 2.5, <= 5 => 5, _ => 10 };
        double first = Math.Floor(least / step);
        int count = Math.Clamp((int)(Math.Ceiling(most / step) - first), 1, 2 * Ticks);
        return [.. Enumerable.Range(0, count + 1).Select(number => (first + number) * step)];
    }

    private static string Text(double value) => Math.Round(value, 12).ToString("G4", CultureInfo.InvariantCulture);
}
