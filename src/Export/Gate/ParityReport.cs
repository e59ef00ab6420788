using System.Globalization;
using Unreel.Onnx;

namespace Unreel.Export;

/// <summary>What one comparison gave.</summary>
/// <param name="Place">Where and how the graph was run.</param>
/// <param name="Clips">The clips compared.</param>
/// <param name="Differences">The largest difference of each output: as it is for logits and probabilities, as a share of the network's largest value for others.</param>
/// <param name="MeanDifference">The mean difference of a logit, or of the first output's values.</param>
/// <param name="Agreement">The share of comparisons with the same first class, 0 to 1.</param>
internal sealed record ParityCell(ParityPlace Place, int Clips, IReadOnlyDictionary<string, double> Differences, double MeanDifference, double Agreement)
{
    /// <summary>The number of the clip that differs most, for each output.</summary>
    public IReadOnlyDictionary<string, int> WorstClips { get; init; } = new Dictionary<string, int>();

    /// <summary>The numbers of the clips whose first class was another.</summary>
    public IReadOnlyList<int> Disagreeing { get; init; } = [];

    /// <summary>The largest difference of a logit; of any output where there are none.</summary>
    public double Largest => Differences.TryGetValue(ClassifierGraph.Logits, out double logits) ? logits : ParityReport.Most(Differences.Values);
}

/// <summary>What all comparisons gave.</summary>
/// <param name="LargestDifference">The largest difference of a logit; of any output where there are none.</param>
/// <param name="MeanDifference">The largest of the comparisons' mean differences.</param>
/// <param name="Top1Agreement">The share of clips whose first class was the same in every comparison, or one that cannot be told from it, 0 to 1.</param>
/// <param name="Clips">The clips compared.</param>
/// <param name="Cells">The comparisons.</param>
internal sealed record ParityReport(double LargestDifference, double MeanDifference, double Top1Agreement, int Clips, IReadOnlyList<ParityCell> Cells)
{
    /// <summary>The batch sizes tried.</summary>
    public IReadOnlyList<int> BatchSizes => [.. Cells.Select(cell => cell.Place.Batch).Distinct().Order()];

    /// <summary>Sums comparisons up.</summary>
    public static ParityReport Of(IReadOnlyList<ParityCell> cells, int clips, double agreement) =>
        new(Most(cells.Select(cell => cell.Largest)), Most(cells.Select(cell => cell.MeanDifference)), agreement, clips, cells);

    /// <summary>All comparisons of two reports; the clips are those of the first, for the others are the same ones in another size.</summary>
    public ParityReport And(ParityReport other) =>
        Of([.. Cells, .. other.Cells], Clips, Math.Min(Top1Agreement, other.Top1Agreement));

    /// <summary>The largest, which is no number if one of them is none.</summary>
    public static double Most(IEnumerable<double> values) => values.Aggregate(0.0, (most, value) => double.IsNaN(value) || double.IsNaN(most) ? double.NaN : Math.Max(most, value));

    /// <summary>The largest difference of each output over all comparisons.</summary>
    public IReadOnlyDictionary<string, double> ByOutput() =>
        Cells.SelectMany(cell => cell.Differences).GroupBy(pair => pair.Key, pair => pair.Value).ToDictionary(group => group.Key, Most, StringComparer.Ordinal);

    /// <summary>The largest difference among the comparisons that share a provider, a level, a batch size.</summary>
    public IReadOnlyDictionary<string, double> Worst() => Cells
        .SelectMany(cell => new[] { cell.Place.Provider, cell.Place.LevelName, string.Create(CultureInfo.InvariantCulture, $"batch {cell.Place.Batch}") }.Select(name => (name, cell.Largest)))
        .GroupBy(pair => pair.name, pair => pair.Largest)
        .ToDictionary(group => group.Key, Most, StringComparer.Ordinal);

    /// <summary>
    /// The differences rounded up to one digit, for publishing: beyond it they follow the processor's instructions rather
    /// than the model, and the same work should give the same bytes. One that the judgement accepts stays so.
    /// </summary>
    public ParityReport Rounded(GateJudgement judgement) => this with
    {
        LargestDifference = RoundedUp(LargestDifference, judgement.Bound),
        MeanDifference = RoundedUp(MeanDifference, judgement.Bound),
        Cells =
        [
            .. Cells.Select(cell => cell with
            {
                Differences = cell.Differences.ToDictionary(pair => pair.Key, pair => RoundedUp(pair.Value, judgement.Bounds.GetValueOrDefault(pair.Key)), StringComparer.Ordinal),
                MeanDifference = RoundedUp(cell.MeanDifference, judgement.Bound),
            }),
        ],
    };

    private static double RoundedUp(double value, double tolerance)
    {
        if (!(value > 0 && double.IsFinite(value)))
            return value;

        int exponent = (int)Math.Floor(Math.Log10(value));
        double digit = Math.Ceiling(value / Math.Pow(10, exponent));

        // Through text: a power of ten is not exact, and 4e-7 is to read 4E-07 and not 3.9999999999999997E-07.
        double up = double.Parse(string.Create(CultureInfo.InvariantCulture, $"{digit:0}e{exponent}"), CultureInfo.InvariantCulture);
        return value <= tolerance ? Math.Min(up, tolerance) : up;
    }
}
