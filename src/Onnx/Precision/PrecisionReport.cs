using System.Globalization;

namespace Unreel.Onnx;

/// <summary>What another precision did to a model, on the calibration clips.</summary>
/// <param name="Precision">The precision.</param>
/// <param name="Shift">
/// The root mean square of the logits' differences from fp32 over the standard deviation of a clip's logits; null where it was not measured.
/// </param>
/// <param name="LargestDifference">The largest difference of a logit; null where it was not measured.</param>
/// <param name="Top1Agreement">Share of clips with the same first class, 0 to 1; null where it was not measured.</param>
/// <param name="Limit">The largest shift accepted; null for any.</param>
/// <param name="Clips">Calibration clips.</param>
/// <param name="ClipsPerLayer">Clips that each layer's effect was measured on; 0 where it was not.</param>
/// <param name="Layers">The layers, in the graph's order.</param>
public sealed record PrecisionReport(
    GraphPrecision Precision, double? Shift, double? LargestDifference, double? Top1Agreement, double? Limit, int Clips, int ClipsPerLayer, IReadOnlyList<LayerEffect> Layers)
{
    /// <summary>
    /// The figures rounded to two digits, for publishing: beyond them they follow the processor's instructions rather than the model, and the
    /// same work should give the same bytes.
    /// </summary>
    public PrecisionReport Rounded() => this with
    {
        Shift = Rounded(Shift),
        LargestDifference = Rounded(LargestDifference),
        Layers = [.. Layers.Select(layer => layer with { Shift = Rounded(layer.Shift) })],
    };

    // Through text: a power of ten is not exact.
    private static double? Rounded(double? value) =>
        value is { } number && double.IsFinite(number) ? double.Parse(number.ToString("G2", CultureInfo.InvariantCulture), CultureInfo.InvariantCulture) : value;
}

/// <summary>What became of a layer.</summary>
/// <param name="Name">The module.</param>
/// <param name="Shift">The shift of the logits when nothing but this layer is quantised, NaN where they are no numbers then; null where it was not measured.</param>
/// <param name="IsFloat">Whether it stayed in float.</param>
/// <param name="Reason">Why it stayed in float: <see cref="Asked"/>, <see cref="Embedding"/> or <see cref="Effect"/>; null where it did not.</param>
public sealed record LayerEffect(string Name, double? Shift, bool IsFloat, string? Reason)
{
    /// <summary>Someone wanted it.</summary>
    public const string Asked = "asked";

    /// <summary>It takes pixels that are not bytes.</summary>
    public const string Embedding = "embedding";

    /// <summary>It was found to shift the logits most.</summary>
    public const string Effect = "effect";
}

/// <summary>A model in another precision.</summary>
/// <param name="Document">The model; its weights are converted when it is saved.</param>
/// <param name="Report">What it cost.</param>
public sealed record PrecisionResult(OnnxDocument Document, PrecisionReport Report);
