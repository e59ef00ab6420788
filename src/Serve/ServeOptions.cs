using System.ComponentModel.DataAnnotations;
using Unreel.Serve.Models;
using Unreel.Video;

namespace Unreel.Serve;

/// <summary>How a server listens, what it serves and how much it takes on.</summary>
public sealed record ServeOptions
{
    /// <summary>The models, at least one; requests that name none mean the first.</summary>
    [MinLength(1)]
    public required IReadOnlyList<ModelChoice> Models { get; init; }

    /// <summary>How often the tags of the models are looked at, so that one that moves is taken up; zero for never. Default 2 s, at most an hour.</summary>
    public TimeSpan Watch { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>Files of public keys, one of which must have signed a model's artifact before it is taken into service; none to ask for nothing. Default none.</summary>
    public IReadOnlyList<string> RequireSignature { get; init; } = [];

    /// <summary>The address to listen on: an IP address, <c>localhost</c>, or <c>*</c> for all. Default 127.0.0.1; any but loopback demands <see cref="Keys"/> or a <see cref="KeysFile"/>.</summary>
    [Required]
    public string Host { get; init; } = "127.0.0.1";

    /// <summary>The port, 0 to 65535; 0 takes a free one. Default 8080.</summary>
    [Range(0, 65535)]
    public int Port { get; init; } = 8080;

    /// <summary>The port of the OCI distribution API on the same address, 0 to 65535; 0 takes a free one, null leaves it out. Default null.</summary>
    [Range(0, 65535)]
    public int? OciPort { get; init; }

    /// <summary>
    /// Keys that callers present as <c>Authorization: Bearer KEY</c>; once there is one, every route but the probes demands it. A key
    /// written <c>inference:KEY</c> opens inference only, <c>management:KEY</c> the registry, metrics and models too; without a word it opens all.
    /// </summary>
    public IReadOnlyList<string> Keys { get; init; } = [];

    /// <summary>A file of more keys, one a line, taken up again when it changes; only its owner, and a group to read, may have it. Default none.</summary>
    public string? KeysFile { get; init; }

    /// <summary>The most connections at a time; more are closed as they come. Default 2,000.</summary>
    [Range(1, 1_000_000)]
    public int MaxConnections { get; init; } = 2000;

    /// <summary>The most time a request's headers may take to come. Default 15 s.</summary>
    public TimeSpan HeaderTimeout { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>How long a connection may lie idle between two requests. Default 2 min.</summary>
    public TimeSpan IdleTimeout { get; init; } = TimeSpan.FromMinutes(2);

    /// <summary>The fewest bytes a second that an upload must bring after its first five seconds; 0 for any. Default 1024.</summary>
    [Range(0, 1 << 30)]
    public int MinUploadRate { get; init; } = 1024;

    /// <summary>How the log is written: <c>text</c> for people, <c>json</c> for programs, one object a line. Default <c>text</c>.</summary>
    public string Log { get; init; } = "text";

    /// <summary>The least that is logged. Default what is worth knowing of a server that does well.</summary>
    public LogLevel LogLevel { get; init; } = LogLevel.Information;

    /// <summary>How long a server that was told to end still takes requests, not ready any more, so that load balancers notice; at most an hour. Default 2 s.</summary>
    public TimeSpan DrainNotice { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>Where models are kept by digest. Default <c>$XDG_CACHE_HOME/unreel</c> or <c>~/.cache/unreel</c>.</summary>
    public string? CacheFolder { get; init; }

    /// <summary>Where uploads beyond <see cref="MemoryThreshold"/> are spooled; they are unlinked as they are opened. Default the system's folder for temporary files.</summary>
    public string? SpoolFolder { get; init; }

    /// <summary>The largest request body in bytes, at least 1 KiB. Default 64 MiB.</summary>
    [Range(1024, 16L << 30)]
    public long MaxBodyBytes { get; init; } = 64L << 20;

    /// <summary>The largest file that is uploaded to the store, in bytes, at least 1 KiB. Default 4 GiB.</summary>
    [Range(1024, 1L << 40)]
    public long MaxBlobBytes { get; init; } = 4L << 30;

    /// <summary>Uploads up to this many bytes stay in memory. Default 1 MiB.</summary>
    [Range(0, 1 << 30)]
    public int MemoryThreshold { get; init; } = 1 << 20;

    /// <summary>The most files in one multipart request. Default 16.</summary>
    [Range(1, 1000)]
    public int MaxFiles { get; init; } = 16;

    /// <summary>How many videos are worked on at a time, from the beginning of their decoding to the end of their inference; 0 means one more than are decoded. Default 0.</summary>
    [Range(0, 1024)]
    public int Concurrency { get; init; }

    /// <summary>Processes that decode, each one video at a time; 0 means one for each core. Default 0.</summary>
    [Range(0, 1024)]
    public int Decoders { get; init; }

    /// <summary>Bytes of memory that a decoding process may take, at least 64 MiB. Default 1 GiB.</summary>
    [Range(64L << 20, 1L << 40)]
    public long DecoderMemory { get; init; } = 1L << 30;

    /// <summary>Whether requests run together: <c>auto</c> where it was measured to pay (never on the processor), <c>off</c>, or the most clips of a batch. Default <c>auto</c>.</summary>
    public string Batching { get; init; } = "auto";

    /// <summary>How many requests may wait beside those being worked on; more are refused with 429. Default 16.</summary>
    [Range(0, 100_000)]
    public int Queue { get; init; } = 16;

    /// <summary>The most time a request may take, upload included. Default 60 s.</summary>
    public TimeSpan Deadline { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>The most time a timeline may take while it is streamed. Default 1 h.</summary>
    public TimeSpan StreamDeadline { get; init; } = TimeSpan.FromHours(1);

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
