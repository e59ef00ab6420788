using System.Globalization;
using Unreel.Onnx;

namespace Unreel.Export;

/// <summary>Holds what was measured against what is accepted.</summary>
/// <param name="Bound">The difference of a logit that is accepted; of a value relative to the largest where the graph is no classifier.</param>
/// <param name="Bounds">The same for each output that is judged.</param>
/// <param name="Limits">What is accepted.</param>
internal sealed record GateJudgement(double Bound, IReadOnlyDictionary<string, double> Bounds, GateLimits Limits)
{
    /// <summary>Makes the bounds for a network's answers.</summary>
    public static GateJudgement For(NetworkAnswers answers, GateLimits limits)
    {
        double largest = answers.Logits is null ? 1 : answers.LargestOf(ClassifierGraph.Logits);
        Dictionary<string, double> bounds = answers.Outputs.Keys
            .Where(name => limits.Judges(name, answers))
            .ToDictionary(name => name, name => limits.BoundOf(name, largest), StringComparer.Ordinal);
        return new GateJudgement(answers.Logits is null ? bounds.Values.Max() : bounds[ClassifierGraph.Logits], bounds, limits);
    }

    /// <summary>The comparison, and the clip in it, that says most of why a model is not accepted.</summary>
    /// <remarks>That of the output furthest beyond its bound; where all are within, one whose first class is another.</remarks>
    public (ParityCell Cell, int Clip) Worst(ParityReport parity)
    {
        (ParityCell Cell, string Output, double Excess) furthest = parity.Cells
            .SelectMany(cell => Bounds.Select(bound => (cell, bound.Key, Excess(cell.Differences[bound.Key], bound.Value))))
            .MaxBy(pair => pair.Item3);
        ParityCell cell = parity.Cells.MinBy(cell => cell.Agreement)!;
        return furthest.Excess <= 1 && cell.Disagreeing.Count > 0
            ? (cell, cell.Disagreeing[0])
            : (furthest.Cell, furthest.Cell.WorstClips.GetValueOrDefault(furthest.Output));
    }

    /// <summary>Says what is not accepted, null where everything is.</summary>
    public string? Objection(ParityReport parity, AccuracyRecord? accuracy)
    {
        List<string> objections = [];
        foreach ((string output, double bound) in Bounds)
        {
            // Written so that a difference that is not a number is refused too.
            ParityCell? worst = parity.Cells.FirstOrDefault(cell => !(cell.Differences[output] <= bound));
            if (worst is not null)
                objections.Add(Text($"largest difference of {output} {parity.ByOutput()[output]:G3} (accepted {bound:G3}), e.g. on {worst.Place}"));
        }

        if (!(parity.Top1Agreement >= Limits.Agreement))
            objections.Add(Text($"same first class on {GateLimits.Percent(parity.Top1Agreement)} of {parity.Clips} clips (accepted {GateLimits.Percent(Limits.Agreement)})"));
        if (accuracy?.NetworkTop1 - accuracy?.Top1 > Limits.AccuracyLoss)
            objections.Add(Text($"top-1 {GateLimits.Percent(accuracy!.Top1)} of {accuracy.Videos} labelled clips, the network {GateLimits.Percent(accuracy.NetworkTop1!.Value)} (accepted loss {GateLimits.Percent(Limits.AccuracyLoss)})"));
        return objections.Count == 0
            ? null
            : Text($"The ONNX model differs from the network it was made from: {string.Join("; ", objections)}. {parity.Clips} clips in batches of {string.Join(", ", parity.BatchSizes)}, {parity.Cells.Count} comparisons. Nothing was published.");
    }

    private static double Excess(double difference, double bound) => double.IsNaN(difference) ? double.PositiveInfinity : difference / Math.Max(bound, float.Epsilon);

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
