namespace Unreel.Onnx;

/// <content>Several views of one video.</content>
public sealed partial class OnnxModel
{
    // Enough views at a time to fill the cores of a small model; more would only take memory.
    private const int MostViewsAtATime = 8;

    /// <summary>Runs the model on the views of one video and averages their probabilities.</summary>
    /// <param name="pixels">uint8 RGB, [<paramref name="views"/>, frames, height, width, 3] as the contract's input says.</param>
    /// <param name="views">Views, at least 1.</param>
    /// <param name="cancellation">Stops between two nodes of the graph.</param>
    /// <returns>One probability a class, summing to 1.</returns>
    /// <exception cref="ArgumentException"><paramref name="pixels"/> is not as long as <paramref name="views"/> views.</exception>
    /// <exception cref="OnnxModelException">The run failed, or what it gave is not finite.</exception>
    /// <exception cref="OperationCanceledException">The run was stopped.</exception>
    public float[] Average(ReadOnlyMemory<byte> pixels, int views, CancellationToken cancellation = default)
    {
        CheckLength(pixels, views);
        int viewBytes = pixels.Length / views;
        double[] sums = new double[Classes];
        for (int first = 0; first < views; first += MostViewsAtATime)
        {
            int count = Math.Min(MostViewsAtATime, views - first);
            float[] probabilities = Classify(pixels.Slice(first * viewBytes, count * viewBytes), count, cancellation).Probabilities;
            for (int index = 0; index < probabilities.Length; index++)
                sums[index % sums.Length] += probabilities[index];
        }

        // A ranking of what is no number would look like an answer.
        return Array.TrueForAll(sums, double.IsFinite)
            ? Array.ConvertAll(sums, sum => (float)(sum / views))
            : throw new OnnxModelException(Name, "answers with probabilities that are not finite; its weights are damaged or were trained to no end");
    }
}
