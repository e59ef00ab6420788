using Azure.Core;
using Azure.Core.Pipeline;

namespace Unreel.Artifacts;

/// <summary>How a store behaves when the network, the disk or another process does not.</summary>
public sealed record ArtifactStoreOptions
{
    /// <summary>Times a call is made again after a transient fault (408, 429, 5xx, network), at least 1. Default 4.</summary>
    public int Retries { get; init; } = 4;

    /// <summary>Wait before the first retry; it doubles each time, with jitter. Default 0.4 s. A Retry-After of the service goes first.</summary>
    public TimeSpan RetryDelay { get; init; } = TimeSpan.FromSeconds(0.4);

    /// <summary>The longest wait between two attempts, asked for by the service or not. Default 30 s.</summary>
    public TimeSpan MaxRetryDelay { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Time one attempt may take, the transfer of one block of <see cref="BlockBytes"/> included. Default 100 s.</summary>
    public TimeSpan AttemptTimeout { get; init; } = TimeSpan.FromSeconds(100);

    /// <summary>Time to establish a connection. Default 10 s.</summary>
    public TimeSpan ConnectTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Attempts within 30 s that must have been made before the circuit may open, at four failures in five. Default 20.</summary>
    public int BreakAfter { get; init; } = 20;

    /// <summary>Time for which an open circuit refuses calls. Default 15 s.</summary>
    public TimeSpan BreakDuration { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>Bytes sent or received in one request; larger files go as blocks. Default 8 MiB.</summary>
    public int BlockBytes { get; init; } = 8 << 20;

    /// <summary>Blocks of one file under way at once. Default 4.</summary>
    public int ParallelBlocks { get; init; } = 4;

    /// <summary>Entries of a listing asked for at once, at most 5000. Default 1000.</summary>
    public int PageSize { get; init; } = 1000;

    /// <summary>Age at which a temporary file of a killed process is removed. Default 1 hour.</summary>
    public TimeSpan StaleAfter { get; init; } = TimeSpan.FromHours(1);

    /// <summary>
    /// Age from which a blob or a marker that is used again is touched, so that garbage collection (whose grace is at least twice as long)
    /// leaves it alone. Default 10 minutes.
    /// </summary>
    public TimeSpan TouchAfter { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>Time to wait for another process that moves the same tag of a folder. Default 30 s.</summary>
    public TimeSpan LockTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Who asks Azure; by default DefaultAzureCredential.</summary>
    public TokenCredential? Credential { get; init; }

    /// <summary>The clock of waits, time-outs and ages.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary>Whether a collection of a container may have a grace under an hour; tests cannot wait for one.</summary>
    internal bool AllowsShortGrace { get; init; }

    /// <summary>Carries requests; tests put faults here.</summary>
    internal HttpPipelineTransport? Transport { get; init; }
}
