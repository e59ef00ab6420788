using System.Collections.Concurrent;
using Unreel.Artifacts;

namespace Unreel.Pipelines;

/// <summary>What one run of a pipeline works with.</summary>
internal sealed record RunScope
{
    public required PipelineFile Pipeline { get; init; }

    public required RunSettings Settings { get; init; }

    public required RunSelection Selection { get; init; }

    public required IArtifactStore Store { get; init; }

    public required string WorkRoot { get; init; }

    public required LockFile? Lock { get; init; }

    /// <summary>The outputs of stages that ended well, by id; in a dry run, only of those that are up to date.</summary>
    public ConcurrentDictionary<string, ArtifactRef> Outputs { get; } = [];

    /// <summary>In a dry run: the stages, by id, that would be made anew as they were, see <see cref="RunOutcome.IsOpen"/>.</summary>
    public ConcurrentDictionary<string, bool> MadeAnew { get; } = [];

    /// <summary>Whose turn it is to work on a key.</summary>
    public ConcurrentDictionary<Digest, SemaphoreSlim> Turns { get; } = [];

    /// <summary>The turn to work on a key; of the stages of this run one at a time has it.</summary>
    public SemaphoreSlim TurnOf(StageKey key) => Turns.GetOrAdd(key.Digest, _ => new SemaphoreSlim(1));

    /// <summary>A key in a length that names of files take.</summary>
    public static string ShortKey(StageKey key) => key.Digest.Hex[..16];

    /// <summary>Where the work on a key is kept until it is published.</summary>
    public string WorkFolder(StageKey key) => Path.Combine(WorkRoot, "work", ShortKey(key));
}
