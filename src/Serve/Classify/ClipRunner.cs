using Unreel.Onnx;
using Unreel.Serve.Decoding;
using Unreel.Serve.Models;
using Unreel.Video;

namespace Unreel.Serve.Classify;

/// <summary>What a model said of one video, and how long it took.</summary>
/// <param name="Average">The mean over the views.</param>
/// <param name="Video">What the video is.</param>
/// <param name="Timings">How long it took.</param>
internal sealed record ClipAnswer(ViewAverage Average, VideoSummary Video, Timings Timings);

/// <summary>Takes one video through waiting, decoding and inference.</summary>
internal sealed class ClipRunner(AdmissionGate gate, IClipDecoder decoder, TimeProvider clock)
{
    /// <summary>Asks the model about one video.</summary>
    /// <exception cref="VideoException">It cannot be read.</exception>
    public async Task<ClipAnswer> RunAsync(Upload upload, ServedModel model, ClipPreparation preparation, CancellationToken ct)
    {
        long asked = clock.GetTimestamp();
        using IDisposable place = await gate.WorkAsync(ct);
        long began = clock.GetTimestamp();
        DecodedClip clip = await decoder.DecodeAsync(upload.Content, upload.Name, preparation, ct);
        TimeSpan decoding = clock.GetElapsedTime(began);
        InferenceResult inference = await model.InferAllAsync(clip.Views.Pixels, clip.Views.Views, ct);

        TimeSpan queued = clock.GetElapsedTime(asked, began) + inference.Queued;
        return new ClipAnswer(ViewAverage.Of(inference.Predictions), VideoSummary.Of(clip.Info, clip.Views.Views), Timings.Of(queued, decoding, inference.Computed));
    }
}

/// <summary>Inference of many clips.</summary>
internal static class ManyClips
{
    // Enough to fill the cores or a device; more at once only takes memory, as much as a caller likes.
    private const int MostAtOnce = 8;

    /// <summary>Runs a model on any number of clips, a few at a time.</summary>
    public static async Task<InferenceResult> InferAllAsync(this ServedModel model, ReadOnlyMemory<byte> clips, int count, CancellationToken ct)
    {
        int most = Math.Max(MostAtOnce, model.Classifier.Batch ?? 1), clipBytes = clips.Length / count;
        if (count <= most)
            return await model.InferAsync(clips, count, ct);

        List<InferenceResult> parts = [];
        for (int first = 0; first < count; first += most)
        {
            int here = Math.Min(most, count - first);
            parts.Add(await model.InferAsync(clips.Slice(first * clipBytes, here * clipBytes), here, ct));
        }

        return Join(parts, count);
    }

    private static InferenceResult Join(List<InferenceResult> parts, int count)
    {
        Predictions first = parts[0].Predictions;
        Predictions all = first with
        {
            Count = count,
            Logits = [.. parts.SelectMany(part => part.Predictions.Logits)],
            Probabilities = [.. parts.SelectMany(part => part.Predictions.Probabilities)],
            Features = [.. parts.SelectMany(part => part.Predictions.Features)],
        };
        TimeSpan Sum(Func<InferenceResult, TimeSpan> of) => TimeSpan.FromTicks(parts.Sum(part => of(part).Ticks));
        return new InferenceResult(all, Sum(part => part.Queued), Sum(part => part.Computed), parts.Max(part => part.Batch));
    }
}
