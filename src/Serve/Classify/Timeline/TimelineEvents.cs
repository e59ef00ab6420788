namespace Unreel.Serve.Classify;

/// <summary>The event <c>video</c>: a file can be read and its windows follow.</summary>
/// <param name="File">The name it was sent under; null for a raw body.</param>
/// <param name="Frames">The number of frames.</param>
/// <param name="Duration">Seconds.</param>
/// <param name="FrameRate">Frames a second.</param>
/// <param name="Width">Pixels, as displayed.</param>
/// <param name="Height">Pixels, as displayed.</param>
/// <param name="Codec">The codec's name.</param>
/// <param name="Windows">How many windows follow.</param>
public sealed record VideoEvent(string? File, int Frames, double Duration, double FrameRate, int Width, int Height, string Codec, int Windows)
{
    internal static VideoEvent Of(string? file, VideoSummary video, int windows) =>
        new(file, video.Frames, video.Duration, video.FrameRate, video.Width, video.Height, video.Codec, windows);
}

/// <summary>The event <c>done</c>: all windows of a file have been told.</summary>
/// <param name="File">The name it was sent under; null for a raw body.</param>
/// <param name="Model">The model that looked at it.</param>
/// <param name="Label">The most probable class of the whole.</param>
/// <param name="Probability">Its probability, 0 to 1: the mean over the windows.</param>
/// <param name="Predictions">The <c>top_k</c> most probable classes, best first.</param>
/// <param name="Timings">How long it took, all windows together.</param>
public sealed record DoneEvent(string? File, ModelSummary Model, string Label, float Probability, IReadOnlyList<Prediction> Predictions, Timings Timings);
