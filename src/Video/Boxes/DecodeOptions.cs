namespace Unreel.Video.Boxes;

/// <summary>How videos are decoded in processes of their own.</summary>
public sealed record DecodeOptions
{
    /// <summary>The least a process can decode with.</summary>
    public const long LeastMemory = 64L << 20;

    /// <summary>Processes, each one video at a time; 0 means one for each core. Default 0.</summary>
    public int Workers { get; init; }

    /// <summary>Bytes of memory that a process may take beside its libraries and the frames it shares, at least 64 MiB. Default 1 GiB.</summary>
    public long Memory { get; init; } = 1L << 30;

    /// <summary>How much a video may ask for.</summary>
    public VideoLimits Limits { get; init; } = VideoLimits.Default;

    /// <summary>Videos after which a process makes way for a new one, so that what some leave behind does not add up. Default 1000.</summary>
    public int VideosPerProcess { get; init; } = 1000;

    /// <summary>How long a process may take to start. Default 20 s.</summary>
    public TimeSpan Patience { get; init; } = TimeSpan.FromSeconds(20);

    /// <summary>The program that decodes; null (default) for <c>unreel-decode</c> beside the program's own libraries.</summary>
    public string? Program { get; init; }

    /// <summary>The processes in force.</summary>
    internal int Count => Workers == 0 ? Environment.ProcessorCount : Workers;

    /// <summary>The program in force.</summary>
    internal string Path => Program ?? System.IO.Path.Combine(AppContext.BaseDirectory, "unreel-decode");

    /// <summary>Bytes of shared frames for the largest video there may be: three of them, or what small ones get.</summary>
    internal long Room => Math.Max(8L << 20, 3 * ((Limits.PixelsPerFrame * 3) + 4096));

    /// <exception cref="ArgumentOutOfRangeException">A number is out of its range.</exception>
    internal void Check()
    {
        ArgumentOutOfRangeException.ThrowIfNegative(Workers);
        ArgumentOutOfRangeException.ThrowIfLessThan(Memory, LeastMemory);
        ArgumentOutOfRangeException.ThrowIfLessThan(VideosPerProcess, 1);
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(Patience, TimeSpan.Zero);
    }
}
