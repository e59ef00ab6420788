using Unreel.Onnx;

namespace Unreel.Export;

/// <summary>A model that passed.</summary>
/// <param name="Parity">What is to be published of the comparisons.</param>
/// <param name="Accuracy">On labelled clips, or null.</param>
/// <param name="Judgement">What was accepted.</param>
/// <param name="How">How the model ran first.</param>
internal sealed record GatePass(ParityReport Parity, AccuracyRecord? Accuracy, GateJudgement Judgement, OnnxModelOptions How)
{
    /// <summary>The clip whose class is clearest, for whoever loads the model to hold it against; null where the graph has no classes.</summary>
    public byte[]? Clearest { get; init; }

    /// <summary>What the contract says of it.</summary>
    public ParityRecord Record() => new(Judgement.Bound, Parity.LargestDifference, Parity.Top1Agreement, Parity.Clips, Parity.BatchSizes)
    {
        MeanDifference = Parity.MeanDifference,
        MinTop1Agreement = Judgement.Limits.Agreement,
        MaxAccuracyLoss = Judgement.Limits.AccuracyLoss,
        AccuracyLoss = Accuracy is { NetworkTop1: { } network } ? Math.Max(0, network - Accuracy.Top1) : null,
        Worst = Parity.Worst(),
        Outputs = Parity.ByOutput().ToDictionary(
            pair => pair.Key,
            pair => new OutputParity(Judgement.Bounds.TryGetValue(pair.Key, out double bound) ? bound : null, pair.Value),
            StringComparer.Ordinal),
    };
}
