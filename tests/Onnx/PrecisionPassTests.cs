namespace Unreel.Onnx.Tests;

/// <summary>Whole models in other precisions.</summary>
public sealed class PrecisionPassTests
{
    // Bounds are twice what was measured.
    public static TheoryData<GraphPrecision, GraphFlavour, double> Bounds => new()
    {
        { GraphPrecision.Fp16, GraphFlavour.Portable, 0.002 },
        { GraphPrecision.Int8Dynamic, GraphFlavour.Portable, 0.05 },
        { GraphPrecision.Int8Dynamic, GraphFlavour.Ort, 0.05 },
        { GraphPrecision.Int8Static, GraphFlavour.Portable, 0.05 },
        { GraphPrecision.Int8Static, GraphFlavour.Ort, 0.05 },
        { GraphPrecision.Int8Weights, GraphFlavour.Ort, 0.02 },
        { GraphPrecision.Int4Weights, GraphFlavour.Ort, 0.3 },
    };

    [Theory]
    [MemberData(nameof(Bounds))]
    public void Logits_stay_near(GraphPrecision precision, GraphFlavour flavour, double bound)
    {
        OnnxDocument document = flavour == GraphFlavour.Ort ? PrecisionSupport.FusedClassifier() : TinyClassifier.Document;

        OnnxDocument changed = PrecisionSupport.Apply(new PrecisionSettings { Precision = precision, Flavour = flavour }, PrecisionSupport.Clips(), document).Document;

        double difference = PrecisionSupport.RelativeDifference(PrecisionSupport.Logits(document, count: 3), PrecisionSupport.Logits(changed, count: 3));
        Assert.True(difference > 0 && difference < bound, $"relative difference {difference}; {string.Join(", ", PrecisionSupport.Operators(changed))}");
    }
}
