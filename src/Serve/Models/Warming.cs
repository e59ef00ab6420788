using Unreel.Video;

namespace Unreel.Serve.Models;

/// <summary>Runs a model before anyone waits for it: the first run of a size is slower than those after it.</summary>
internal static class Warming
{
    /// <summary>Runs black clips in every number that a video's views will come in.</summary>
    /// <param name="model">The model.</param>
    /// <param name="tested">Whether it has run one clip already.</param>
    /// <param name="ct">Cancels.</param>
    /// <exception cref="Pipelines.UsageException">A run failed, or its answer is no number.</exception>
    public static async Task RunAsync(ServedModel model, bool tested, CancellationToken ct)
    {
        foreach (int clips in SizesOf(model).Where(size => size > 1 || !tested))
            _ = ViewAverage.Of((await model.InferAsync(Black(model.Classifier.Preparation, clips), clips, ct)).Predictions);
    }

    /// <summary>So many clips, all black.</summary>
    internal static byte[] Black(ClipPreparation preparation, int clips) =>
        new byte[checked(clips * preparation.Frames * preparation.Size * preparation.Size * 3)];

    /// <summary>One clip, as many as run at a time of a video's views, and what is left of them.</summary>
    internal static IEnumerable<int> SizesOf(ServedModel model)
    {
        (int views, int most) = (model.Classifier.Preparation.Views, model.ChunkSize);
        return new[] { 1, Math.Min(views, most), views % most }.Where(size => size > 0).Distinct().Order();
    }
}
