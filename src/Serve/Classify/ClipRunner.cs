using System.Diagnostics;
using Unreel.Serve.Admission;
using Unreel.Serve.Decoding;
using Unreel.Serve.Models;
using Unreel.Serve.Observability;
using Unreel.Video;

namespace Unreel.Serve.Classify;

/// <summary>What a model said of one video, and how long it took.</summary>
/// <param name="Average">The mean over the views.</param>
/// <param name="Video">What the video is.</param>
/// <param name="Timings">How long it took.</param>
internal sealed record ClipAnswer(ViewAverage Average, VideoSummary Video, Timings Timings);

/// <summary>Takes one video through waiting, decoding and inference.</summary>
internal sealed class ClipRunner(IClipDecoder decoder, TimeProvider clock)
{
    /// <summary>Asks the model about one video.</summary>
    /// <exception cref="VideoException">It cannot be read.</exception>
    public async Task<ClipAnswer> RunAsync(Upload upload, ModelRequest request, ClipPreparation preparation)
    {
        (DecodedClip clip, TimeSpan waited, TimeSpan decoding) = await DecodeAsync(upload, request, preparation);
        InferenceResult inference = await request.InferAsync(clip.Views.Pixels, clip.Views.Views, request.Time.Token);
        request.Queued(waited + inference.Queued);
        return new ClipAnswer(ViewAverage.Of(inference.Predictions), VideoSummary.Of(clip.Info, clip.Views.Views), Timings.Of(waited + inference.Queued, decoding, inference.Computed));
    }

    private async Task<(DecodedClip Clip, TimeSpan Waited, TimeSpan Took)> DecodeAsync(Upload upload, ModelRequest request, ClipPreparation preparation)
    {
        long asked = clock.GetTimestamp();
        using DecoderPlace place = await request.AwaitDecoderAsync(request.Time.Token);
        long began = clock.GetTimestamp();
        using Activity? span = ServeSpans.Decode(request.Choice);
        DecodedClip clip = await decoder.DecodeAsync(upload.Content, upload.Name, preparation, request.Time.Token);
        place.Decoded();
        TimeSpan took = clock.GetElapsedTime(began);
        request.Decoded(took, clip.Views.Views * clip.Views.Frames);
        return (clip, clock.GetElapsedTime(asked, began), took);
    }
}
