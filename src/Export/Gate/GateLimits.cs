using System.Globalization;
using Unreel.Onnx;
using Unreel.Pipelines;

namespace Unreel.Export;

/// <summary>What the gate accepts.</summary>
/// <param name="Logits">The difference of a logit that is always accepted.</param>
/// <param name="Share">The difference that is accepted as a share of the largest value that the network gives, for each output.</param>
/// <param name="Agreement">The least share of clips with the same first class, 0 to 1.</param>
/// <param name="AccuracyLoss">The most that top-1 accuracy may fall, 0 to 1.</param>
/// <param name="Rounding">What rounding in one layer makes of a value's size, for finding the layer that does more.</param>
/// <param name="Probabilities">The difference of a probability that is accepted, 0 to 1.</param>
internal sealed record GateLimits(double Logits, double Share, double Agreement, double AccuracyLoss, double Rounding, double Probabilities)
{
    /// <summary>Logits closer than this are a tie: which of the two classes is first says nothing.</summary>
    public const double Tie = 2e-3;

    private const double OneOf255 = 1.01 / 255;

    /// <summary>What is accepted where the options do not say, by the name of a precision. The help of the options and the README say these numbers too.</summary>
    public static IReadOnlyDictionary<string, GateLimits> ByPrecision { get; } = new Dictionary<string, GateLimits>(StringComparer.Ordinal)
    {
        ["fp32"] = new(1e-3, 0, 1, 0, 1e-5, 1e-3),
        ["fp16"] = new(1e-2, 0.01, 0.99, 0.01, 2e-3, 0.01),
        ["bf16"] = new(5e-2, 0.05, 0.98, 0.02, 1.5e-2, 0.05),
        ["int8_dynamic"] = new(1e-1, 0.2, 0.99, 0.02, 3e-2, 0.2) { IsCoarse = true },
        ["int8_static"] = new(1e-1, 0.2, 0.99, 0.02, 3e-2, 0.2) { IsCoarse = true },
        ["int8_weights"] = new(5e-2, 0.1, 0.99, 0.02, 1e-2, 0.1) { IsCoarse = true },
        ["int4_weights"] = new(1e-1, 0.3, 0.95, 0.05, 1e-1, 0.3) { IsCoarse = true },
    };

    /// <summary>Whether values are rounded to eight bits or fewer.</summary>
    public bool IsCoarse { get; init; }

    /// <summary>Whether a precision is one that only GPUs need to compute in.</summary>
    public static bool IsForGpus(string precision) => precision is "fp16" or "bf16";

    /// <summary>The limits of an export: those of its precision, each replaced by what the options say.</summary>
    /// <exception cref="UsageException">Nobody knows limits for the precision.</exception>
    public static GateLimits Of(ExportOptions options, string precision)
    {
        if (!ByPrecision.TryGetValue(precision, out GateLimits? limits))
            throw new UsageException($"precision is {precision}; expected one of {string.Join(", ", ByPrecision.Keys)}.");

        return limits with
        {
            Logits = options.Tolerance ?? limits.Logits,
            Share = options.Tolerance is null ? limits.Share : 0,
            Agreement = options.MinTop1Agreement ?? limits.Agreement,
            AccuracyLoss = options.MaxAccuracyLoss ?? limits.AccuracyLoss,

            // Less is no use: a probability moves by half of what its logits do at most.
            Probabilities = Math.Max(limits.Probabilities, Math.Min(options.Tolerance ?? 0, 1)),
        };
    }

    /// <summary>The largest difference accepted of an output; of outputs that are no classes it is a share of the largest value.</summary>
    /// <param name="output">The output's name.</param>
    /// <param name="largest">The largest logit that the network gives, whichever sign.</param>
    public double BoundOf(string output, double largest) => output switch
    {
        ClassifierGraph.Logits => Math.Max(Logits, Share * largest),
        ClassifierGraph.Probabilities => Probabilities,

        // A picture is rounded to whole numbers: the least difference can become one.
        ReconstructionGraph.Picture => Math.Max(Logits + OneOf255, Share),
        _ => Math.Max(Logits, Share),
    };

    /// <summary>
    /// Whether an output decides. Rounding to eight bits or fewer moves single features far without moving an answer: they are measured, and judged by
    /// where they are the answer.
    /// </summary>
    public bool Judges(string output, NetworkAnswers answers) => output != ClassifierGraph.Features || answers.Logits is null || !IsCoarse;

    /// <summary>A share as people read it.</summary>
    public static string Percent(double share) => string.Create(CultureInfo.InvariantCulture, $"{100 * share:0.##} %");
}
