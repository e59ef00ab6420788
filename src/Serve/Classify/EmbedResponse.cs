using System.ComponentModel;

namespace Unreel.Serve.Classify;

/// <summary>The features of the videos of one request.</summary>
/// <param name="Model">The model that gave them; features of different digests do not compare.</param>
/// <param name="Width">How many numbers the features of a video are.</param>
/// <param name="Files">One entry for each video, in the order they were sent.</param>
public sealed record EmbedResponse(ModelSummary Model, int Width, IReadOnlyList<FileFeatures> Files);

/// <summary>The features of one video.</summary>
public sealed record FileFeatures
{
    /// <summary>The name it was sent under; null for a raw body.</summary>
    [Description("The name the video was sent under; null for a raw body.")]
    public string? File { get; init; }

    /// <summary>The mean over its views; null where the video could not be read.</summary>
    [Description("The features, the mean over the video's views; of length 1 where normalise=1 asks for that. Null where the video could not be read.")]
    public IReadOnlyList<float>? Features { get; init; }

    /// <summary>What the file said of itself.</summary>
    public VideoSummary? Video { get; init; }

    /// <summary>How long it took.</summary>
    public Timings? Timings { get; init; }

    /// <summary>Why the video could not be read; null where it could.</summary>
    [Description("Why the video could not be read; null where it could. Only in answers to several files: a single one gets status 422.")]
    public string? Error { get; init; }
}
