namespace Unreel.Video;

/// <summary>How a video is written.</summary>
public sealed record VideoWriterOptions
{
    /// <summary>x264's constant rate factor, 0 (largest) to 51 (worst). Default 18, close to what the eye can tell.</summary>
    public double Crf { get; init; } = 18;

    /// <summary>Frames from one keyframe to the next, at least 1. Default 12, so that jumping to a frame stays cheap.</summary>
    public int Gop { get; init; } = 12;

    /// <summary>x264's preset: effort against size. Default <c>veryfast</c>.</summary>
    public string Preset { get; init; } = "veryfast";
}
