namespace Unreel.Serve.Registry;

/// <summary>A figure that changes from step to step.</summary>
/// <param name="Name">Its name, such as <c>loss</c>.</param>
/// <param name="Along">What it runs along, such as <c>step</c>.</param>
/// <param name="Points">Where and what, in the order of the file; finite all of them.</param>
internal sealed record Curve(string Name, string Along, IReadOnlyList<(double X, double Y)> Points)
{
    /// <summary>Parts the points into stretches of equal length along X, each with its mean, least and most.</summary>
    public IReadOnlyList<(double X, double Mean, double Least, double Most)> Stretches(int most)
    {
        if (Points.Count <= most)
            return [.. Points.Select(point => (point.X, point.Y, point.Y, point.Y))];

        List<(double, double, double, double)> stretches = [];
        for (int part = 0; part < most; part++)
        {
            int from = (int)((long)part * Points.Count / most), to = (int)((long)(part + 1) * Points.Count / most);
            double x = 0, sum = 0, least = double.PositiveInfinity, highest = double.NegativeInfinity;
            for (int at = from; at < to; at++)
                (x, sum, least, highest) = (x + Points[at].X, sum + Points[at].Y, Math.Min(least, Points[at].Y), Math.Max(highest, Points[at].Y));

            stretches.Add((x / (to - from), sum / (to - from), least, highest));
        }

        return stretches;
    }
}
