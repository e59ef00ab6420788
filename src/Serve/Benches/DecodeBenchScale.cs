using Unreel.Video;

namespace Unreel.Serve.Benches;

/// <summary>What is measured and how long; the defaults are what is shipped, and tests take less.</summary>
internal sealed record DecodeBenchScale
{
    /// <summary>Sizes of the videos.</summary>
    public IReadOnlyList<FrameSize> Sizes { get; init; } = [new(320, 240), new(1920, 1080)];

    /// <summary>Frames from one keyframe to the next.</summary>
    public IReadOnlyList<int> Gops { get; init; } = [12, 250];

    /// <summary>Frames of a video.</summary>
    public int VideoFrames { get; init; } = 250;

    /// <summary>Clips measured at least.</summary>
    public int FewestTurns { get; init; } = 3;

    /// <summary>How long a case is measured at least.</summary>
    public TimeSpan Duration { get; init; } = TimeSpan.FromSeconds(4);

    /// <summary>Where a folder is made for the videos; it is gone at the end.</summary>
    public string TemporaryFolder { get; init; } = Path.GetTempPath();
}
