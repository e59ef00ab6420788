namespace Unreel.Onnx.Tests;

public sealed class ClassifierGraphTests
{
    // Worst difference seen: 4e-6 (logits of about 5).
    private const double Tolerance = 2e-5;

    [Theory]
    [InlineData(1, false)]
    [InlineData(2, false)]
    [InlineData(4, false)]
    [InlineData(1, true)]
    [InlineData(3, true)]
    public void Classifier_matches_loops(int clips, bool attentive)
    {
        ClassifierShape shape = TinyClassifier.Shape;
        WeightSet weights = TinyClassifier.Weights(attentive: attentive);
        var reference = new Reference(shape, weights);
        using OnnxModel model = OnnxModel.Open(ClassifierGraph.Write(shape, weights, TinyClassifier.Contract()).ToArray(), "tiny");
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
