namespace Unreel.Onnx.Tests;

public sealed class ClassifierGraphTests
{
    // Worst difference seen: 4e-6 (logits of about 5).
    private const double Tolerance = 2e-5;

    public static TheoryData<int, bool, GraphFlavour, int> Forms()
    {
        TheoryData<int, bool, GraphFlavour, int> forms = [];
        foreach ((GraphFlavour flavour, int opset) in Styles.All)
        {
            forms.Add(1, false, flavour, opset);
            forms.Add(3, false, flavour, opset);
            forms.Add(2, true, flavour, opset);
        }

        return forms;
    }

    [Theory]
    [MemberData(nameof(Forms))]
    public void Classifier_matches_loops(int clips, bool attentive, GraphFlavour flavour, int opset)
    {
        ClassifierShape shape = TinyClassifier.Shape;
        WeightSet weights = TinyClassifier.Weights(attentive: attentive);
        var reference = new Reference(shape, weights);
        OnnxDocument document = ClassifierGraph.Write(shape, weights, TinyClassifier.Contract(), new GraphOptions { Style = new GraphStyle(flavour, opset) });
        using OnnxModel model = OnnxModel.Open(document.ToArray(), "tiny");
        int clipBytes = (int)model.Contract.Input.ClipBytes;
        byte[] video = SeededFloats.Bytes(clips * clipBytes, seed: 5);

        Predictions predictions = model.Classify(video, clips);

        Assert.Equal((clips, shape.Classes, shape.Width), (predictions.Count, predictions.Classes, predictions.Width));
        for (int clip = 0; clip < clips; clip++)
        {
            var expected = reference.Classify(video.AsSpan(clip * clipBytes, clipBytes));
            FloatAssert.Close(expected.Logits, predictions.LogitsOf(clip).ToArray(), Tolerance);
            FloatAssert.Close(expected.Probabilities, predictions.ProbabilitiesOf(clip).ToArray(), Tolerance);
            FloatAssert.Close(expected.Features, predictions.FeaturesOf(clip).ToArray(), Tolerance);
        }
    }
}
