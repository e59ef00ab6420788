using System.ComponentModel;
using Unreel.Video;

namespace Unreel.Serve.Classify;

/// <summary>The labels of the videos of one request.</summary>
/// <param name="Model">The model that gave them.</param>
/// <param name="Files">One entry for each video, in the order they were sent.</param>
public sealed record ClassifyResponse(ModelSummary Model, IReadOnlyList<FileResult> Files);

/// <summary>A model, by what it is called and what it is.</summary>
/// <param name="Name">Its name, as in <c>/v1/models/{name}</c>.</param>
/// <param name="Version">Its tag or digest as the server was told.</param>
/// <param name="Digest">The digest of what answered.</param>
public sealed record ModelSummary(string Name, string Version, string Digest);

/// <summary>What was found out about one video.</summary>
public sealed record FileResult
{
    /// <summary>The name it was sent under; null for a raw body.</summary>
    [Description("The name the video was sent under; null for a raw body.")]
    public string? File { get; init; }

    /// <summary>The most probable class; null where the video could not be read.</summary>
    [Description("The most probable class; null where the video could not be read.")]
    public string? Label { get; init; }

    /// <summary>Its probability, 0 to 1.</summary>
    [Description("The probability of the label, 0 to 1.")]
    public float? Probability { get; init; }

    /// <summary>The most probable classes, best first.</summary>
    [Description("The top_k most probable classes, best first.")]
    public IReadOnlyList<Prediction> Predictions { get; init; } = [];

    /// <summary>The video's parts one after the other; null where no timeline was asked for.</summary>
    [Description("The parts of the video one after the other, where timeline=1 asks for them; label and predictions are then of their mean.")]
    public IReadOnlyList<WindowResult>? Windows { get; init; }

    /// <summary>What the file said of itself.</summary>
    public VideoSummary? Video { get; init; }

    /// <summary>How long it took.</summary>
    public Timings? Timings { get; init; }

    /// <summary>Why the video could not be read; null where it could.</summary>
    [Description("Why the video could not be read; null where it could. Only in answers to several files: a single one gets status 422.")]
    public string? Error { get; init; }
}

/// <summary>A class and its probability.</summary>
/// <param name="Label">The class.</param>
/// <param name="Probability">Its probability, 0 to 1.</param>
public sealed record Prediction(string Label, float Probability);

/// <summary>A part of a video.</summary>
/// <param name="Index">Its number, from 0.</param>
/// <param name="Start">Where it begins, in seconds.</param>
/// <param name="End">Where it ends, in seconds.</param>
/// <param name="Label">Its most probable class.</param>
/// <param name="Probability">The label's probability, 0 to 1.</param>
/// <param name="Predictions">The <c>top_k</c> most probable classes, best first.</param>
public sealed record WindowResult(int Index, double Start, double End, string Label, float Probability, IReadOnlyList<Prediction> Predictions);

/// <summary>A video in figures.</summary>
/// <param name="Frames">The number of frames.</param>
/// <param name="Duration">Seconds.</param>
/// <param name="FrameRate">Frames a second.</param>
/// <param name="Width">Pixels, as displayed.</param>
/// <param name="Height">Pixels, as displayed.</param>
/// <param name="Codec">The codec's name.</param>
/// <param name="Views">How many views of it, or of each of its windows, the model looked at.</param>
public sealed record VideoSummary(int Frames, double Duration, double FrameRate, int Width, int Height, string Codec, int Views)
{
    internal static VideoSummary Of(VideoInfo info, int views) =>
        new(info.FrameCount, Math.Round(info.Duration.TotalSeconds, 3), Math.Round(info.FrameRate, 3), info.Size.Width, info.Size.Height, info.Codec, views);
}

/// <summary>Durations in milliseconds.</summary>
/// <param name="QueueMs">Waiting for a place to work.</param>
/// <param name="DecodeMs">Decoding and resizing.</param>
/// <param name="InferenceMs">The model.</param>
public sealed record Timings(double QueueMs, double DecodeMs, double InferenceMs)
{
    internal static Timings Of(TimeSpan queue, TimeSpan decode, TimeSpan inference) =>
        new(Milliseconds(queue), Milliseconds(decode), Milliseconds(inference));

    private static double Milliseconds(TimeSpan time) => Math.Round(time.TotalMilliseconds, 2);
}
