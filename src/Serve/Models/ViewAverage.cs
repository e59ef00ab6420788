using Unreel.Onnx;
using Unreel.Pipelines;

namespace Unreel.Serve.Models;

/// <summary>What a model says of one video: the mean over its views.</summary>
/// <param name="Probabilities">One value a class, summing to 1.</param>
/// <param name="Features">The features; empty where the model gives none.</param>
internal sealed record ViewAverage(float[] Probabilities, float[] Features)
{
    /// <summary>Averages the rows of an inference.</summary>
    /// <exception cref="UsageException">A value is not finite: a ranking of it would look like an answer.</exception>
    public static ViewAverage Of(Predictions predictions) =>
        new(Mean(predictions.Probabilities, predictions.Count), Mean(predictions.Features, predictions.Count));

    private static float[] Mean(float[] rows, int count)
    {
        double[] sums = new double[rows.Length / count];
        for (int index = 0; index < rows.Length; index++)
            sums[index % sums.Length] += rows[index];

        return Array.TrueForAll(sums, double.IsFinite)
            ? Array.ConvertAll(sums, sum => (float)(sum / count))
            : throw new UsageException("The model's answer is not finite; its weights are damaged or were trained to no end.");
    }
}
