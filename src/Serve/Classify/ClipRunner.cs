using Unreel.Serve.Decoding;
using Unreel.Serve.Models;
using Unreel.Video;

namespace Unreel.Serve.Classify;

/// <summary>Takes one video through waiting, decoding and inference.</summary>
internal sealed class ClipRunner(AdmissionGate gate, IClipDecoder decoder, TimeProvider clock)
{
    /// <summary>Classifies one video.</summary>
    /// <exception cref="VideoException">It cannot be read.</exception>
    public async Task<FileResult> RunAsync(Upload upload, ServedModel model, int topK, CancellationToken ct)
    {
        long asked = clock.GetTimestamp();
        using IDisposable place = await gate.WorkAsync(ct);
        long began = clock.GetTimestamp();
        DecodedClip clip = await decoder.DecodeAsync(upload.Content, upload.Name, model.Classifier.Preparation, ct);
        long decoded = clock.GetTimestamp();
        InferenceResult inference = await model.InferAsync(clip.Views.Pixels, clip.Views.Views, ct);
        long classified = clock.GetTimestamp();

        IReadOnlyList<Prediction> best = Ranking.Top(ViewAverage.Of(inference.Predictions).Probabilities, model.Classifier.Labels, topK);
        return new FileResult
        {
            File = upload.FileName,
            Label = best[0].Label,
            Probability = best[0].Probability,
            Predictions = best,
            Video = Summary(clip),
            Timings = new Timings(Milliseconds(asked, began), Milliseconds(began, decoded), Milliseconds(decoded, classified)),
        };
    }

    private static VideoSummary Summary(DecodedClip clip)
    {
        VideoInfo info = clip.Info;
        return new VideoSummary(info.FrameCount, Math.Round(info.Duration.TotalSeconds, 3), Math.Round(info.FrameRate, 3), info.Size.Width, info.Size.Height, info.Codec, clip.Views.Views);
    }

    private double Milliseconds(long from, long to) => Math.Round(clock.GetElapsedTime(from, to).TotalMilliseconds, 2);
}
