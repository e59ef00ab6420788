namespace Unreel.Artifacts;

/// <summary>What became of one run of a pipeline: which stages it looked at, how long each took, and where their logs are.</summary>
public sealed record PipelineRun
{
    /// <summary>The artifact type of the manifest that carries such a record; its layers are the logs.</summary>
    public const string ArtifactType = "application/vnd.unreel.pipeline-run.v1";

    /// <summary>The media type of the document itself, the manifest's config.</summary>
    public const string MediaType = "application/vnd.unreel.pipeline-run.v1+json";

    /// <summary>The pipeline's name.</summary>
    public required string Pipeline { get; init; }

    /// <summary>When it began (UTC).</summary>
    public required DateTimeOffset Started { get; init; }

    /// <summary>When it ended (UTC).</summary>
    public required DateTimeOffset Finished { get; init; }

    /// <summary>Processor, cores, memory and operating system, in words.</summary>
    public required string Machine { get; init; }

    /// <summary>The version of Unreel.</summary>
    public string? Code { get; init; }

    /// <summary>The run's exit code; 0 where all went well.</summary>
    public required int ExitCode { get; init; }

    /// <summary>The stages in the order of the file.</summary>
    public IReadOnlyList<PipelineRunStage> Stages { get; init; } = [];
}

/// <summary>What became of one stage of a run.</summary>
public sealed record PipelineRunStage
{
    /// <summary>The stage's id in the pipeline, e.g. <c>pretrain[seed=1]</c>.</summary>
    public required string Id { get; init; }

    /// <summary>The kind of stage, e.g. <c>pretrain</c>.</summary>
    public required string Stage { get; init; }

    /// <summary>What became of it: <c>done</c>, <c>up-to-date</c> (a hit of the cache), <c>failed</c>, <c>refused</c>, <c>cancelled</c>, <c>skipped</c>.</summary>
    public required string State { get; init; }

    /// <summary>Why it ran, failed or was left out.</summary>
    public required string Reason { get; init; }

    /// <summary>When it began (UTC); null where it was not looked at.</summary>
    public DateTimeOffset? Started { get; init; }

    /// <summary>How long it took, in seconds.</summary>
    public double Seconds { get; init; }

    /// <summary>The artifact as <c>kind/name@digest</c>, where there is one.</summary>
    public string? Artifact { get; init; }

    /// <summary>The digest of stage, version, options and inputs, where it could be computed.</summary>
    public Digest? Key { get; init; }

    /// <summary>The line its stage had to say.</summary>
    public string? Summary { get; init; }

    /// <summary>The title of its log among the manifest's layers; null where it wrote none.</summary>
    public string? Log { get; init; }
}

/// <summary>Names the record of a run without reading it.</summary>
/// <param name="Started">When it began (UTC, whole milliseconds).</param>
/// <param name="Digest">The digest of its manifest.</param>
public readonly record struct PipelineRunRef(DateTimeOffset Started, Digest Digest);

/// <summary>A record of a run, read, with its manifest.</summary>
/// <param name="Reference">Where it is.</param>
/// <param name="Manifest">Its manifest; the layers are the logs, by title.</param>
/// <param name="Run">The record.</param>
public sealed record StoredPipelineRun(PipelineRunRef Reference, Manifest Manifest, PipelineRun Run);
