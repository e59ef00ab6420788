using System.Globalization;
using Unreel.Onnx;
using Unreel.Serve.Http;

namespace Unreel.Serve.Registry;

/// <summary>
/// Draws a network by its blocks, from video to logits: one box a block, repeated ones once as a stack. Under the boxes lies a strip as
/// long as all multiply-adds, of which each block takes its share.
/// </summary>
internal static class GraphPicture
{
    // In units of the picture; the page scales it to its width.
    private const double Width = 1240, BoxWidth = 130, BoxHeight = 76, Gap = 26, Line = 106, Margin = 9, StripHeight = 18, Card = 4, LetterWidth = 8, LegendWidth = 190;

    private const int MostBoxes = 40, MostName = 15, MostText = 21;

    /// <summary>Draws a model.</summary>
    public static Html Of(ModelOutline outline)
    {
        Box[] boxes = [.. Boxes(outline)];
        int perLine = (int)((Width - (2 * Margin) + Gap) / (BoxWidth + Gap));
        int lines = (boxes.Length + perLine - 1) / perLine;
        double strip = (lines * Line) + 8, height = strip + (outline.MultiplyAdds > 0 ? StripHeight + 48 : 0);
        Html drawn = Html.Join(boxes.Select((box, place) => Draw(box, Margin + (place % perLine * (BoxWidth + Gap)), Margin + (place / perLine * Line), place == boxes.Length - 1, place % perLine == perLine - 1)));
        return Html.Of($"""
            <div class="scroll" role="region" aria-label="The model drawn" tabindex="0"><svg class="graph" viewBox="0 0 {Width} {height:0.#}" role="img" aria-label="The model by its blocks">
            {drawn}
            {Strip(outline, strip)}
            </svg></div>
            """);
    }

    private static IEnumerable<Box> Boxes(ModelOutline outline)
    {
        foreach (TensorDescription input in outline.Model.Inputs)
            yield return new Box(input.Name, "input", input.Type, string.Join('×', input.Shape), 1, input.ToString(), "end");
        foreach (OutlineRun run in outline.Runs.Take(MostBoxes))
            yield return new Box(run.Name, Parameters(run.Parameters), run.Precision, Cost(run.MultiplyAdds), run.Times, Title(run, outline), Kind(run));
        if (outline.Runs.Count > MostBoxes)
            yield return new Box($"{outline.Runs.Count - MostBoxes} more", "see the table", string.Empty, string.Empty, 1, string.Empty, "plain");
        if (outline.Model.Outputs is [var first, ..] && outline.Model.Outputs.Skip(1).ToArray() is var others)
            yield return new Box(first.Name, Name(others, 0), Name(others, 2), Name(others, 1), 1, string.Join('\n', outline.Model.Outputs), "end");
    }

    private static string Name(TensorDescription[] outputs, int place) => place < outputs.Length ? outputs[place].Name : string.Empty;

    private static string Kind(OutlineRun run) => run.Precision.Split(' ')[0] switch
    {
        "fp32" or "fp64" => "fp32",
        "fp16" or "bf16" => "half",
        "int8" or "int4" => "int",
        _ => "plain",
    };

    private static Html Draw(Box box, double x, double y, bool isLast, bool endsLine)
    {
        // What is repeated looks like a stack of cards.
        int cards = Math.Min(box.Times - 1, 2);
        Html stack = Html.Join(Enumerable.Range(1, cards).Reverse().Select(card =>
            Html.Of($"<rect class=\"box {box.Kind}\" x=\"{x + (Card * card):0.#}\" y=\"{y - (Card * card):0.#}\" width=\"{BoxWidth}\" height=\"{BoxHeight}\" rx=\"6\"/>")));
        double from = x + BoxWidth + (Card * cards) + 4;
        Html arrow = isLast || endsLine ? Html.Empty : Html.Of($"<path class=\"arrow\" d=\"M{from:0.#} {y + (BoxHeight / 2):0.#}H{x + BoxWidth + Gap - 5:0.#}m-5 -4l5 4l-5 4\"/>");
        string times = box.Times > 1 ? string.Create(CultureInfo.InvariantCulture, $"{box.Times} × ") : string.Empty;
        return Html.Of($"""
            <g><title>{box.Title}</title>{stack}
            <rect class="box {box.Kind}" x="{x:0.#}" y="{y:0.#}" width="{BoxWidth}" height="{BoxHeight}" rx="6"/>
            <text class="name" x="{x + 8:0.#}" y="{y + 18:0.#}">{Short(box.Name, MostName)}</text>
            {Text(times, box.Second, x, y + 34)}{Text(times, box.Fourth, x, y + 48)}
            <text class="type" x="{x + 8:0.#}" y="{y + 64:0.#}">{Short(box.Third, MostText)}</text>{arrow}</g>
            """);
    }

    private static Html Text(string times, string text, double x, double y) =>
        text.Length == 0 ? Html.Empty : Html.Of($"<text x=\"{x + 8:0.#}\" y=\"{y:0.#}\">{Short(times + text, MostText)}</text>");

    // Every block once, repeated ones side by side.
    private static Html Strip(ModelOutline outline, double y)
    {
        if (outline.MultiplyAdds is not { } sum || sum == 0)
            return Html.Empty;

        double all = sum, x = Margin, whole = Width - (2 * Margin);
        List<Html> parts = [];
        foreach (OutlineBlock block in outline.Blocks)
        {
            double wide = whole * block.MultiplyAdds!.Value / all;
            string kind = PrecisionKind(block);
            parts.Add(Html.Of($"<rect class=\"part {kind}\" x=\"{x:0.##}\" y=\"{y + 18:0.#}\" width=\"{wide:0.##}\" height=\"{StripHeight}\"><title>{block.Name}: {Cost(block.MultiplyAdds)}, {100 * block.MultiplyAdds.Value / all:0.0} %</title></rect>"));
            if (wide >= block.Name.Length * LetterWidth)
                parts.Add(Html.Of($"<text class=\"share\" x=\"{x + (wide / 2):0.##}\" y=\"{y + 18 + (StripHeight / 2) + 4:0.#}\" text-anchor=\"middle\">{block.Name}</text>"));
            x += wide;
        }

        return Html.Of($"<text x=\"{Margin}\" y=\"{y + 12:0.#}\">Where the {Count(sum)} multiply-adds of a clip go, block by block from left to right</text>{Html.Join(parts)}{Legend(outline, y + 18 + StripHeight + 16)}");
    }

    private static Html Legend(ModelOutline outline, double y)
    {
        (string Kind, string Name)[] kinds = [.. outline.Blocks.Where(block => block.MultiplyAdds > 0).Select(PrecisionKind).Distinct().Order(StringComparer.Ordinal).Select(kind => (kind, NameOf(kind)))];
        return Html.Join(kinds.Select((kind, place) => Html.Of(
            $"<rect class=\"legend part {kind.Kind}\" x=\"{Margin + (place * LegendWidth):0.#}\" y=\"{y - 10:0.#}\" width=\"12\" height=\"12\"/><text x=\"{Margin + (place * LegendWidth) + 18:0.#}\" y=\"{y:0.#}\">{kind.Name}</text>")));
    }

    private static string NameOf(string kind) => kind switch
    {
        "fp32" => "in 32 or 64 bits",
        "half" => "in 16 bits",
        "int" => "in 8 or 4 bits",
        _ => "in a precision not known",
    };

    private static string PrecisionKind(OutlineBlock block) => Kind(new OutlineRun([block], 1, block.Name));

    private static string Title(OutlineRun run, ModelOutline outline)
    {
        string share = run.MultiplyAdds is { } cost && outline.MultiplyAdds is > 0 and var all
            ? string.Create(CultureInfo.InvariantCulture, $", {100.0 * cost * run.Times / all:0.0} % of the model's") : string.Empty;
        string operators = string.Join(", ", run.Blocks.SelectMany(block => block.Operators).Select(one => $"{one.Key} {one.Value.ToString(CultureInfo.InvariantCulture)}"));
        return string.Create(CultureInfo.InvariantCulture, $"{run.Name}{(run.Times > 1 ? $", {run.Times} times" : string.Empty)}: {run.Parameters} parameters in {Figures.Size(run.Bytes)}, {Cost(run.MultiplyAdds)}{share}\n{operators}\ngives {run.Blocks[^1].Output}");
    }

    private static string Parameters(long count) => count == 0 ? "no parameters" : $"{Count(count)} params";

    private static string Cost(long? multiplyAdds) => multiplyAdds switch { null => "cost unknown", 0 => string.Empty, { } known => $"{Count(known)} mul-adds" };

    private static string Count(long count) => Figures.Count(count);

    private static string Short(string text, int most) => text.Length <= most ? text : text[..(most - 1)] + "…";

    private sealed record Box(string Name, string Second, string Third, string Fourth, int Times, string Title, string Kind);
}
