using Unreel.Modeling;
using Unreel.Video;

namespace Unreel.Finetune;

/// <summary>Asks a classifier about whole videos, prepared as for serving, probabilities averaged over views.</summary>
internal static class HeldOutTest
{
    private const int Ahead = 4;

    /// <summary>Asks about some videos of a source.</summary>
    /// <param name="model">The classifier.</param>
    /// <param name="videos">The source.</param>
    /// <param name="test">Which of its videos, by number.</param>
    /// <param name="workers">Threads that read ahead.</param>
    /// <param name="asked">Told the number of videos asked about.</param>
    /// <param name="ct">Cancels.</param>
    public static IReadOnlyList<Prediction> Run(ClassifierModel model, IClipSource videos, IReadOnlyList<int> test, int workers, Action<int> asked, CancellationToken ct)
    {
        using var views = new OrderedPrefetcher<ViewSet>((number, token) => model.Preparation.Read(videos, test[(int)number], token), 0, test.Count, workers, Ahead);
        var predictions = new Prediction[test.Count];
        for (int number = 0; number < test.Count; number++)
        {
            ViewSet view = views.Take(ct);
            double[] probabilities = Mean(model.Logits(view.Pixels, view.Views), model.Labels.Count);
            ClipItem item = videos.Items[test[number]];
            predictions[number] = new Prediction(item.Name, item.Label, Array.IndexOf(probabilities, probabilities.Max()));
            asked(number + 1);
        }

        return predictions;
    }

    /// <summary>The mean over views of the softmax of each.</summary>
    internal static double[] Mean(float[] logits, int labels)
    {
        double[] mean = new double[labels];
        foreach (float[] view in logits.Chunk(labels))
        {
            float largest = view.Max();
            double[] weights = [.. view.Select(value => Math.Exp(value - largest))];
            double sum = weights.Sum() * (logits.Length / labels);
            for (int label = 0; label < labels; label++)
                mean[label] += weights[label] / sum;
        }

        return mean;
    }
}
