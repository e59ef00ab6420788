using System.Globalization;
using Unreel.Pipelines;
using Unreel.Video;

namespace Unreel.Evaluate;

/// <summary>What a model said of clips, and which could not be read.</summary>
/// <param name="Predictions">In the order of the clips.</param>
/// <param name="Failures">In the order of the clips.</param>
internal sealed record ModelOutput(IReadOnlyList<ClipPrediction> Predictions, IReadOnlyList<ClipFailure> Failures);

/// <summary>Takes a model over clips; they are decoded ahead on threads of their own and classified in order.</summary>
internal sealed class ModelRun(IClipSource source, OnnxClassifier model, int workers, int maxFailures, TimeProvider clock)
{
    /// <summary>Classifies clips.</summary>
    /// <param name="clips">Indices into the source.</param>
    /// <param name="labels">The model's class of each.</param>
    /// <param name="progress">Where progress is told.</param>
    /// <param name="ct">Cancels.</param>
    /// <exception cref="TooManyBadItemsException">More clips than allowed could not be read.</exception>
    public ModelOutput Run(IReadOnlyList<int> clips, IReadOnlyList<int> labels, IProgress<StageProgress> progress, CancellationToken ct)
    {
        List<ClipPrediction> predictions = [];
        List<ClipFailure> failures = [];
        int right = 0;
        long began = clock.GetTimestamp();
        using OrderedPrefetcher<Attempt> ahead = new((place, cancelled) => Decode(clips[(int)place], cancelled), 0, clips.Count, workers, 2 * workers);
        for (int place = 0; place < clips.Count; place++)
        {
            Attempt attempt = ahead.Take(ct);
            ct.ThrowIfCancellationRequested();
            string name = source.Items[clips[place]].Name;
            if (attempt.Views is { } views)
            {
                predictions.Add(new ClipPrediction(name, labels[place], model.Classify(views, ct)));
                right += predictions[^1].Rank == 0 ? 1 : 0;
            }
            else
            {
                Fail(failures, new ClipFailure(name, attempt.Error!));
            }

            double rate = (place + 1) / Math.Max(clock.GetElapsedTime(began).TotalSeconds, 1e-3);
            string detail = string.Create(CultureInfo.InvariantCulture, $"top-1 {100.0 * right / Math.Max(1, predictions.Count):0.0} %, {rate:0.0} clips/s");
            progress.Report(new StageProgress("evaluating", place + 1, clips.Count, "clips", detail));
        }

        return new ModelOutput(predictions, failures);
    }

    private void Fail(List<ClipFailure> failures, ClipFailure failure)
    {
        failures.Add(failure);
        if (failures.Count > maxFailures)
            throw new TooManyBadItemsException($"{failures.Count} clips could not be read; at most {maxFailures} may fail (max_failures). {string.Join(' ', failures.Select(each => $"{each.Clip}: {each.Reason}"))}");
    }

    private Attempt Decode(int clip, CancellationToken ct)
    {
        try
        {
            return new Attempt(model.Preparation.Read(source, clip, ct), null);
        }
        catch (VideoException problem)
        {
            return new Attempt(null, problem.Message);
        }
    }

    private sealed record Attempt(ViewSet? Views, string? Error);
}
