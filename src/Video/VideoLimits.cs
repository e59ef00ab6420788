namespace Unreel.Video;

/// <summary>How much a video may ask for before it is refused. The defaults suit files of one's own; servers set smaller ones.</summary>
public sealed record VideoLimits
{
    /// <summary>The limits that hold where none are given.</summary>
    public static VideoLimits Default { get; } = new();

    /// <summary>Width x height of a frame. Default 8192 x 4608, 8K in any common shape.</summary>
    public long PixelsPerFrame { get; init; } = 8192L * 4608;

    /// <summary>Frames of a video. Default 5 million.</summary>
    public long Frames { get; init; } = 5_000_000;

    /// <summary>How long a video may last. Default 24 hours.</summary>
    public TimeSpan Duration { get; init; } = TimeSpan.FromHours(24);

    /// <summary>Bytes read to find out what a file is. Default 5 MB.</summary>
    public long ProbeBytes { get; init; } = 5_000_000;

    /// <summary>How long opening, or one reading of frames, may take. Default 60 s.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>Threads of one decoder. Default 1: many videos at a time use the processor better than many threads for one.</summary>
    public int Threads { get; init; } = 1;
}
