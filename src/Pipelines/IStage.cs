using Unreel.Artifacts;

namespace Unreel.Pipelines;

/// <summary>A piece of work: from options to files, which the runner publishes as an artifact.</summary>
/// <typeparam name="TOptions">Everything that decides the result. Inputs are properties of type <see cref="StageInput"/>.</typeparam>
public interface IStage<in TOptions>
    where TOptions : class
{
    /// <summary>Does the work. Killed at any point and called again with the same context, it ends with the same bytes.</summary>
    /// <exception cref="UsageException">The options or the inputs are wrong.</exception>
    /// <exception cref="GateRefusedException">The result did not pass its gate; nothing is published.</exception>
    Task<StageResult> RunAsync(TOptions options, IStageContext context, CancellationToken ct);
}

/// <summary>What a stage may use of the world around it.</summary>
public interface IStageContext
{
    /// <summary>A folder of this stage's own, kept until its result is published: checkpoints and half-done work belong here.</summary>
    string WorkFolder { get; }

    /// <summary>Where progress is told.</summary>
    IProgress<StageProgress> Progress { get; }

    /// <summary>Brings an input to this machine, checking digests.</summary>
    /// <returns>The folder that holds the artifact's files, or the user's own folder or file as it is.</returns>
    Task<string> FetchAsync(StageInput input, CancellationToken ct);

    /// <summary>Reads manifest and lineage of an input that is an artifact; null for a folder of the user's.</summary>
    Task<Artifact?> DescribeAsync(StageInput input, CancellationToken ct);
}

/// <summary>How far a stage is.</summary>
/// <param name="Activity">What is going on, e.g. <c>training</c>.</param>
/// <param name="Done">Units done.</param>
/// <param name="Total">Units in all; 0 where it is unknown.</param>
/// <param name="Unit">The unit, e.g. <c>steps</c>.</param>
/// <param name="Detail">Figures worth seeing, e.g. <c>loss 0.81, 24 clips/s</c>.</param>
public readonly record struct StageProgress(string Activity, long Done, long Total, string Unit, string? Detail = null);

/// <summary>A finished file of a stage.</summary>
/// <param name="Path">Where it lies on this machine.</param>
/// <param name="Title">Its name in the artifact: a relative path with forward slashes.</param>
/// <param name="MediaType">What it is.</param>
public sealed record StageFile(string Path, string Title, string MediaType);

/// <summary>What a stage made.</summary>
public sealed record StageResult
{
    /// <summary>What the artifact holds.</summary>
    public required ArtifactKind Kind { get; init; }

    /// <summary>The files; they may lie in the work folder.</summary>
    public required IReadOnlyList<StageFile> Files { get; init; }

    /// <summary>The seed, where there was one.</summary>
    public ulong? Seed { get; init; }

    /// <summary>The device computed on.</summary>
    public string Device { get; init; } = "cpu";

    /// <summary>Figures that the work determines: the same work twice gives the same. Part of the artifact's identity.</summary>
    public SortedDictionary<string, double> Metrics { get; init; } = [];

    /// <summary>Figures that depend on the machine (clips a second). Kept in the run record.</summary>
    public SortedDictionary<string, double> Figures { get; init; } = [];

    /// <summary>One line a person wants to read, e.g. <c>top-1 71.4 % on 21 held-out clips</c>.</summary>
    public string? Summary { get; init; }

    /// <summary>Several lines to be shown once the result is published, e.g. a table of what was tried; null for none. The artifact should hold them too.</summary>
    public string? Details { get; init; }
}
