using Unreel.Modeling;
using Unreel.Pipelines;
using Unreel.Video;

namespace Unreel.Finetune;

/// <summary>How a classifier did on videos it had not seen.</summary>
/// <param name="Top1">Share of the videos whose label came first.</param>
/// <param name="Videos">How many there were.</param>
internal sealed record HeldOut(double Top1, int Videos);

/// <summary>Asks a classifier about whole videos, prepared as for serving, probabilities averaged over views.</summary>
internal static class HeldOutTest
{
    private const int Ahead = 4;

    public static HeldOut Run(ClassifierModel model, IClipSource videos, IReadOnlyList<int> test, int workers, IProgress<StageProgress> progress, CancellationToken ct)
    {
        using var views = new OrderedPrefetcher<ViewSet>((number, token) => model.Preparation.Read(videos, test[(int)number], token), 0, test.Count, workers, Ahead);
        int right = 0;
        for (int number = 0; number < test.Count; number++)
        {
            ViewSet view = views.Take(ct);
            double[] probabilities = Mean(model.Logits(view.Pixels, view.Views), model.Labels.Count);
            right += Array.IndexOf(probabilities, probabilities.Max()) == videos.Items[test[number]].Label ? 1 : 0;
            progress.Report(new StageProgress("testing", number + 1, test.Count, "videos"));
        }

        return new HeldOut((double)right / test.Count, test.Count);
    }

    /// <summary>The mean over views of the softmax of each.</summary>
    internal static double[] Mean(float[] logits, int labels)
    {
        double[] mean = new double[labels];
        foreach (float[] view in logits.Chunk(labels))
        {
            double[] weights = [.. view.Select(value => Math.Exp(value - view.Max()))];
            for (int label = 0; label < labels; label++)
                mean[label] += weights[label] / weights.Sum() / (logits.Length / labels);
        }

        return mean;
    }
}
