using System.ComponentModel.DataAnnotations;
using Unreel.Video;

namespace Unreel.Serve;

/// <summary>How a server listens, what it serves and how much it takes on.</summary>
public sealed record ServeOptions
{
    /// <summary>The model: an artifact (<c>onnx/name:tag</c>, <c>onnx/name@sha256:…</c>), an ONNX file, or a folder with a <c>model.onnx</c>.</summary>
    [Required]
    public required string Model { get; init; }

    /// <summary>The address to listen on: an IP address, <c>localhost</c>, or <c>*</c> for all. Default 127.0.0.1; any but loopback demands <see cref="Keys"/>.</summary>
    [Required]
    public string Host { get; init; } = "127.0.0.1";

    /// <summary>The port, 0 to 65535; 0 takes a free one. Default 8080.</summary>
    [Range(0, 65535)]
    public int Port { get; init; } = 8080;

    /// <summary>Keys that callers present as <c>Authorization: Bearer KEY</c>; once there is one, every route but the probes demands it.</summary>
    public IReadOnlyList<string> Keys { get; init; } = [];

    /// <summary>Where models are kept by digest. Default <c>$XDG_CACHE_HOME/unreel</c> or <c>~/.cache/unreel</c>.</summary>
    public string? CacheFolder { get; init; }

    /// <summary>Where uploads beyond <see cref="MemoryThreshold"/> are spooled; they are unlinked as they are opened. Default the system's folder for temporary files.</summary>
    public string? SpoolFolder { get; init; }

    /// <summary>The largest request body in bytes, at least 1 KiB. Default 64 MiB.</summary>
    [Range(1024, 16L << 30)]
    public long MaxBodyBytes { get; init; } = 64L << 20;

    /// <summary>Uploads up to this many bytes stay in memory. Default 1 MiB.</summary>
    [Range(0, 1 << 30)]
    public int MemoryThreshold { get; init; } = 1 << 20;

    /// <summary>The most files in one multipart request. Default 16.</summary>
    [Range(1, 1000)]
    public int MaxFiles { get; init; } = 16;

    /// <summary>How many videos are decoded and classified at a time; 0 means one for each core. Default 0.</summary>
    [Range(0, 1024)]
    public int Concurrency { get; init; }

    /// <summary>How many requests may wait beside those being worked on; more are refused with 429. Default 16.</summary>
    [Range(0, 100_000)]
    public int Queue { get; init; } = 16;

    /// <summary>The most time a request may take, upload included. Default 60 s.</summary>
    public TimeSpan Deadline { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>The threads one inference uses; 0 means all cores. Default 0.</summary>
    [Range(0, 1024)]
    public int Threads { get; init; }

    /// <summary>Where inference runs: <c>cpu</c>, <c>cuda</c>, <c>cuda:1</c>; <c>cuda,cpu</c> takes the processor where CUDA cannot be used. Default <c>cpu</c>.</summary>
    [Required]
    public string Device { get; init; } = "cpu";

    /// <summary>Bytes of the GPU's memory that a model's tensors may take, at least 1 MiB; null for all there is. Default null.</summary>
    [Range(1L << 20, long.MaxValue)]
    public long? GpuMemoryLimit { get; init; }

    /// <summary>How much a video from outside may ask for. Default: frames of 4096 x 2304, 500,000 frames, 4 hours, 20 s to open or read.</summary>
    public VideoLimits Limits { get; init; } = new() { PixelsPerFrame = 4096L * 2304, Frames = 500_000, Duration = TimeSpan.FromHours(4), Timeout = TimeSpan.FromSeconds(20) };

    /// <summary>The concurrency in force.</summary>
    internal int Slots => Concurrency == 0 ? Environment.ProcessorCount : Concurrency;
}
