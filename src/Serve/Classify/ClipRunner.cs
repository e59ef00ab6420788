using Unreel.Serve.Admission;
using Unreel.Serve.Decoding;
using Unreel.Serve.Models;
using Unreel.Video;

namespace Unreel.Serve.Classify;

/// <summary>Takes one video through waiting, decoding and inference.</summary>
internal sealed class ClipRunner(IClipDecoder decoder, TimeProvider clock)
{
    /// <summary>Classifies one video.</summary>
    /// <exception cref="VideoException">It cannot be read.</exception>
    public async Task<FileResult> RunAsync(Upload upload, ServedModel model, AdmissionTicket ticket, int topK, CancellationToken ct)
    {
        long asked = clock.GetTimestamp();
        (DecodedClip clip, long began) = await DecodeAsync(upload, model, ticket, ct);
        long decoded = clock.GetTimestamp();
        InferenceResult inference = await ticket.InferAsync(model, clip.Views.Pixels, clip.Views.Views, ct);

        IReadOnlyList<Prediction> best = Ranking.Top(ViewAverage.Of(inference.Predictions).Probabilities, model.Classifier.Labels, topK);
        return new FileResult
        {
            File = upload.FileName,
            Label = best[0].Label,
            Probability = best[0].Probability,
            Predictions = best,
            Video = Summary(clip),
            Timings = new Timings(Rounded(clock.GetElapsedTime(asked, began) + inference.Queued), Rounded(clock.GetElapsedTime(began, decoded)), Rounded(inference.Computed)),
        };
    }

    private static VideoSummary Summary(DecodedClip clip)
    {
        VideoInfo info = clip.Info;
        return new VideoSummary(info.FrameCount, Math.Round(info.Duration.TotalSeconds, 3), Math.Round(info.FrameRate, 3), info.Size.Width, info.Size.Height, info.Codec, clip.Views.Views);
    }

    private async Task<(DecodedClip Clip, long Began)> DecodeAsync(Upload upload, ServedModel model, AdmissionTicket ticket, CancellationToken ct)
    {
        using IDisposable place = await ticket.DecodeAsync(ct);
        long began = clock.GetTimestamp();
        return (await decoder.DecodeAsync(upload.Content, upload.Name, model.Classifier.Preparation, ct), began);
    }

    private static double Rounded(TimeSpan time) => Math.Round(time.TotalMilliseconds, 2);
}
