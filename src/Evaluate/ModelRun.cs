using System.Globalization;
using Unreel.Pipelines;
using Unreel.Video;

namespace Unreel.Evaluate;

/// <summary>What a model said of clips, and which could not be read.</summary>
/// <param name="Predictions">In the order of the clips.</param>
/// <param name="Failures">In the order of the clips.</param>
internal sealed record ModelOutput(IReadOnlyList<ClipPrediction> Predictions, IReadOnlyList<ClipFailure> Failures)
{
    /// <summary>Puts answers in the order of the clips.</summary>
    /// <param name="answers">One for each place.</param>
    /// <param name="labels">The model's class of each place.</param>
    public static ModelOutput Of(IEnumerable<ClipAnswer> answers, IReadOnlyList<int> labels)
    {
        ClipAnswer[] ordered = [.. answers.OrderBy(answer => answer.Place)];
        return new ModelOutput(
            [.. ordered.Where(answer => answer.Probabilities is not null).Select(answer => new ClipPrediction(answer.Clip, labels[answer.Place], answer.Probabilities!))],
            [.. ordered.Where(answer => answer.Error is not null).Select(answer => new ClipFailure(answer.Clip, answer.Error!))]);
    }
}

/// <summary>What came of one clip.</summary>
/// <param name="Place">Its place among the clips that are measured on.</param>
/// <param name="Clip">Its name.</param>
/// <param name="Probabilities">The model's, one a class; null where the clip could not be read.</param>
/// <param name="Error">Why it could not.</param>
internal sealed record ClipAnswer(int Place, string Clip, float[]? Probabilities, string? Error);

/// <summary>Takes a model over clips; they are decoded ahead on threads of their own and classified in order.</summary>
internal sealed class ModelRun(IClipSource source, OnnxClassifier model, int workers, int maxFailures, TimeProvider clock)
{
    /// <summary>Classifies clips.</summary>
    /// <param name="clips">Indices into the source, of all clips that are measured on.</param>
    /// <param name="labels">The model's class of each.</param>
    /// <param name="places">Which of them to classify.</param>
    /// <param name="progress">Where progress is told.</param>
    /// <param name="ct">Cancels.</param>
    /// <returns>One answer for each of <paramref name="places"/>.</returns>
    /// <exception cref="TooManyBadItemsException">More clips than allowed could not be read.</exception>
    public IReadOnlyList<ClipAnswer> Run(IReadOnlyList<int> clips, IReadOnlyList<int> labels, IReadOnlyList<int> places, IProgress<StageProgress> progress, CancellationToken ct)
    {
        List<ClipAnswer> answers = [];
        int right = 0, read = 0;
        long began = clock.GetTimestamp();
        using OrderedPrefetcher<Attempt> ahead = new((next, cancelled) => Decode(clips[places[(int)next]], cancelled), 0, places.Count, workers, 2 * workers);
        foreach (int place in places)
        {
            Attempt attempt = ahead.Take(ct);
            ct.ThrowIfCancellationRequested();
            float[]? probabilities = attempt.Views is { } views ? model.Classify(views, ct) : null;
            answers.Add(new ClipAnswer(place, source.Items[clips[place]].Name, probabilities, attempt.Error));
            if (attempt.Error is not null)
                CheckFailures(answers);
            read += probabilities is null ? 0 : 1;
            right += probabilities is not null && new ClipPrediction(string.Empty, labels[place], probabilities).Rank == 0 ? 1 : 0;

            double rate = answers.Count / Math.Max(clock.GetElapsedTime(began).TotalSeconds, 1e-3);
            string detail = string.Create(CultureInfo.InvariantCulture, $"top-1 {100.0 * right / Math.Max(1, read):0.0} %, {rate:0.0} clips/s");
            progress.Report(new StageProgress("evaluating", answers.Count, places.Count, "clips", detail));
        }

        return answers;
    }

    /// <summary>Refuses more failures than allowed.</summary>
    /// <exception cref="TooManyBadItemsException">There are more.</exception>
    public void CheckFailures(IReadOnlyCollection<ClipAnswer> answers)
    {
        ClipAnswer[] failures = [.. answers.Where(answer => answer.Error is not null)];
        if (failures.Length > maxFailures)
            throw new TooManyBadItemsException($"{failures.Length} clips could not be read; at most {maxFailures} may fail (max_failures). {string.Join(' ', failures.Select(each => $"{each.Clip}: {each.Error}"))}");
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
