using System.Globalization;
using System.Net;
using System.Text;

namespace Unreel.Video;

/// <summary>A confusion matrix as an SVG picture: rows are true classes, columns predicted ones, shades are shares of the row.</summary>
public static class ConfusionPicture
{
    private const int Cell = 34;
    private const int CharWidth = 7;
    private const int Margin = 16;

    /// <summary>Draws the matrix.</summary>
    /// <param name="labels">The classes.</param>
    /// <param name="confusion">Clips by [true class, predicted class].</param>
    public static string Draw(IReadOnlyList<string> labels, int[,] confusion)
    {
        int room = (labels.Max(label => label.Length) * CharWidth) + Margin;
        int side = labels.Count * Cell;
        int left = room + Margin + 20, top = room + Margin + 20;
        StringBuilder svg = new();
        Line(svg, $"<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{left + side + Margin}\" height=\"{top + side + Margin}\" viewBox=\"0 0 {left + side + Margin} {top + side + Margin}\" font-family=\"sans-serif\" font-size=\"12\">");
        Line(svg, $"<title>Confusion of {confusion.Cast<int>().Sum()} clips: rows are true classes, columns predicted ones</title>");
        Line(svg, $"<rect width=\"100%\" height=\"100%\" fill=\"#fff\"/>");
        Line(svg, $"<text x=\"{left + (side / 2)}\" y=\"{Margin}\" text-anchor=\"middle\" font-weight=\"bold\">predicted</text>");
        Line(svg, $"<text transform=\"translate({Margin} {top + (side / 2)}) rotate(-90)\" text-anchor=\"middle\" font-weight=\"bold\">true</text>");
        for (int index = 0; index < labels.Count; index++)
        {
            string label = WebUtility.HtmlEncode(labels[index]);
            int middle = (index * Cell) + (Cell / 2);
            Line(svg, $"<text x=\"{left - 6}\" y=\"{top + middle + 4}\" text-anchor=\"end\">{label}</text>");
            Line(svg, $"<text transform=\"translate({left + middle + 4} {top - 6}) rotate(-90)\">{label}</text>");
            DrawRow(svg, confusion, index, left, top);
        }

        Line(svg, $"<rect x=\"{left}\" y=\"{top}\" width=\"{side}\" height=\"{side}\" fill=\"none\" stroke=\"#888\"/>");
        Line(svg, $"</svg>");
        return svg.ToString();
    }

    private static void DrawRow(StringBuilder svg, int[,] confusion, int row, int left, int top)
    {
        int clips = Enumerable.Range(0, confusion.GetLength(1)).Sum(column => confusion[row, column]);
        for (int column = 0; column < confusion.GetLength(1); column++)
        {
            int count = confusion[row, column];
            if (count == 0)
                continue;

            double share = (double)count / clips;
            int x = left + (column * Cell), y = top + (row * Cell);
            Line(svg, $"<rect x=\"{x}\" y=\"{y}\" width=\"{Cell}\" height=\"{Cell}\" fill=\"{(row == column ? "#1f5fa8" : "#b3402e")}\" fill-opacity=\"{share:0.###}\"/>");
            Line(svg, $"<text x=\"{x + (Cell / 2)}\" y=\"{y + (Cell / 2) + 4}\" text-anchor=\"middle\" fill=\"{(share > .55 ? "#fff" : "#000")}\">{count}</text>");
        }
    }

    private static void Line(StringBuilder svg, FormattableString line) =>
        svg.Append(line.ToString(CultureInfo.InvariantCulture)).Append('\n');
}
