using System.ComponentModel;

namespace Unreel.Serve.Classify;

/// <summary>The labels of the videos of one request.</summary>
/// <param name="Model">The model that gave them.</param>
/// <param name="Files">One entry for each video, in the order they were sent.</param>
public sealed record ClassifyResponse(ModelSummary Model, IReadOnlyList<FileResult> Files);

/// <summary>A model, by what it was asked for and what it is.</summary>
/// <param name="Name">The reference it was loaded by.</param>
/// <param name="Digest">The digest of what it meant.</param>
public sealed record ModelSummary(string Name, string Digest);

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

/// <summary>A video in figures.</summary>
/// <param name="Frames">The number of frames.</param>
/// <param name="Duration">Seconds.</param>
/// <param name="FrameRate">Frames a second.</param>
/// <param name="Width">Pixels, as displayed.</param>
/// <param name="Height">Pixels, as displayed.</param>
/// <param name="Codec">The codec's name.</param>
/// <param name="Views">How many views of it the model looked at.</param>
public sealed record VideoSummary(int Frames, double Duration, double FrameRate, int Width, int Height, string Codec, int Views);

/// <summary>Durations in milliseconds.</summary>
/// <param name="QueueMs">Waiting for a place to work.</param>
/// <param name="DecodeMs">Decoding and resizing.</param>
/// <param name="InferenceMs">The model.</param>
public sealed record Timings(double QueueMs, double DecodeMs, double InferenceMs);
