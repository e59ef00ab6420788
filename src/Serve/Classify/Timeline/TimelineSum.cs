using Unreel.Serve.Models;

namespace Unreel.Serve.Classify;

/// <summary>Adds up the windows of one video: the label of the whole is that of their mean.</summary>
internal sealed class TimelineSum(ServedModel model, int topK)
{
    private readonly double[] _sums = new double[model.Classifier.Labels.Count];
    private TimeSpan _queued, _decoded, _computed;
    private int _windows;

    /// <summary>What the video is; null before the first window.</summary>
    public VideoSummary? Video { get; private set; }

    /// <summary>Adds a window and returns it as answers show it.</summary>
    public WindowResult Add(TimedWindow window)
    {
        Video ??= VideoSummary.Of(window.Window.Info, window.Views);
        _windows++;
        (_queued, _decoded, _computed) = (_queued + window.Queued, _decoded + window.Decoded, _computed + window.Computed);
        for (int index = 0; index < _sums.Length; index++)
            _sums[index] += window.Probabilities[index];

        IReadOnlyList<Prediction> best = Ranking.Top(window.Probabilities, model.Classifier.Labels, topK);
        return new WindowResult(window.Window.Index, Seconds(window.Window.Start), Seconds(window.Window.End), best[0].Label, best[0].Probability, best);
    }

    /// <summary>The whole so far, without its windows.</summary>
    public FileResult Result(string? file)
    {
        float[] mean = Array.ConvertAll(_sums, sum => (float)(sum / _windows));
        return ClassifyEndpoint.Label(file, model, mean, topK) with { Video = Video, Timings = Timings.Of(_queued, _decoded, _computed) };
    }

    private static double Seconds(TimeSpan time) => Math.Round(time.TotalSeconds, 3);
}
