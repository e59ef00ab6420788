using System.Globalization;
using System.Text;

namespace Unreel.Evaluate;

/// <summary>The report as Markdown, for people.</summary>
internal static class ReportText
{
    /// <summary>Writes the report.</summary>
    public static string Write(EvaluationReport report)
    {
        Scorecard card = report.Scorecard;
        StringBuilder text = new();
        Line(text, $"# Evaluation of {report.Model}");
        Line(text, $"");
        Line(text, $"{card.Predictions.Count} clips of {report.Clips} ({report.Part}), {report.Views} view(s) of each; model `{report.ModelDigest}`.");
        if (report.SplitNote is { } note)
            Line(text, $"\n{note}");

        Line(text, $"");
        Line(text, $"| figure | value |");
        Line(text, $"|---|---:|");
        Line(text, $"| top-1 | {Percent(card.Top1)} |");
        Line(text, $"| top-5{(card.Labels.Count <= 5 ? " (of 5 labels or fewer)" : "")} | {Percent(card.Top5)} |");
        Line(text, $"| mean per class | {Percent(card.MeanPerClass)} |");
        Line(text, $"| chance | {Percent(card.Chance)} |");
        Line(text, $"| always the most frequent class | {Percent(card.Majority)} |");
        WriteClasses(text, card);
        WriteConfusion(text, card);
        WriteFailures(text, report);
        return text.ToString();
    }

    private static void WriteClasses(StringBuilder text, Scorecard card)
    {
        Line(text, $"");
        Line(text, $"## Classes");
        Line(text, $"");
        Line(text, $"| class | clips | correct | recall | precision |");
        Line(text, $"|---|---:|---:|---:|---:|");
        foreach (ClassScore each in card.Classes)
            Line(text, $"| {Cell(each.Label)} | {each.Clips} | {each.Correct} | {Percent(each.Recall)} | {Percent(each.Precision)} |");
    }

    private static void WriteConfusion(StringBuilder text, Scorecard card)
    {
        Line(text, $"");
        Line(text, $"## Confusion");
        Line(text, $"");
        Line(text, $"Rows are what the clips show, columns what the model said.");
        Line(text, $"");
        Line(text, $"| | {string.Join(" | ", card.Labels.Select(Cell))} |");
        Line(text, $"|---|{string.Concat(card.Labels.Select(_ => "---:|"))}");
        for (int row = 0; row < card.Labels.Count; row++)
            Line(text, $"| **{Cell(card.Labels[row])}** | {string.Join(" | ", Enumerable.Range(0, card.Labels.Count).Select(column => Count(card.Confusion[row, column])))} |");
    }

    private static void WriteFailures(StringBuilder text, EvaluationReport report)
    {
        if (report.Failures.Count == 0)
            return;

        Line(text, $"");
        Line(text, $"## Clips that could not be read ({report.Failures.Count}, in no figure above)");
        Line(text, $"");
        foreach (ClipFailure failure in report.Failures)
            Line(text, $"- {failure.Clip}: {failure.Reason}");
    }

    private static void Line(StringBuilder text, FormattableString line) =>
        text.Append(line.ToString(CultureInfo.InvariantCulture)).Append('\n');

    private static string Percent(double? share) =>
        share is { } value ? string.Create(CultureInfo.InvariantCulture, $"{100 * value:0.0} %") : "–";

    private static string Count(int count) => count == 0 ? "·" : count.ToString(CultureInfo.InvariantCulture);

    private static string Cell(string label) => label.Replace("|", "\\|", StringComparison.Ordinal);
}
