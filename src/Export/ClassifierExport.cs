using Unreel.Modeling;
using Unreel.Onnx;
using Unreel.Video;

namespace Unreel.Export;

/// <summary>Writes a trained classifier as an ONNX document: the one place that knows both.</summary>
internal static class ClassifierExport
{
    /// <summary>Writes the graph; the contract says nothing of parity and accuracy yet.</summary>
    /// <param name="classifier">The network; its weights are read from its folder while the document is saved.</param>
    /// <param name="preparation">How a video becomes input.</param>
    /// <param name="weights">The digest of the weights.</param>
    public static OnnxDocument Write(ClassifierModel classifier, ClipPreparation preparation, string weights)
    {
        VideoTransformerShape shape = classifier.Shape;
        ModelContract contract = new()
        {
            Labels = classifier.Labels,
            Input = new InputGeometry(shape.Frames, shape.ImageSize, shape.ImageSize),
            Preparation = preparation.ToJson(),
            Weights = weights,
        };
        return ClassifierGraph.Write(ShapeOf(classifier), WeightsOf(classifier), contract);
    }

    private static ClassifierShape ShapeOf(ClassifierModel classifier) => new()
    {
        Frames = classifier.Shape.Frames,
        Size = classifier.Shape.ImageSize,
        Tubelet = classifier.Shape.TubeletSize,
        Patch = classifier.Shape.PatchSize,
        Width = classifier.Shape.Width,
        Depth = classifier.Shape.Depth,
        Heads = classifier.Shape.Heads,
        Hidden = classifier.Shape.MlpWidth,
        Classes = classifier.Labels.Count,
        Mean = classifier.Normalisation.Mean,
        Std = classifier.Normalisation.Std,
        CentreOverTime = classifier.Normalisation.CentreOverTime,
    };

    private static WeightSet WeightsOf(ClassifierModel classifier)
    {
        WeightSet set = new();
        foreach ((string name, SavedWeight weight) in classifier.Weights)
            set.Add(name, weight.Shape, () => weight.Read());

        return set;
    }
}
