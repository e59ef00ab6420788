namespace Unreel.Pipelines;

/// <summary>What every job of a run says to Slurm, as sbatch takes it.</summary>
public sealed record SlurmOptions
{
    /// <summary>The partition; null for the cluster's default.</summary>
    public string? Partition { get; init; }

    /// <summary>The account that is charged; null for the user's default.</summary>
    public string? Account { get; init; }

    /// <summary>The longest time a job may take, as <c>--time</c> of sbatch; null for the partition's default.</summary>
    public string? Time { get; init; }

    /// <summary>The folder the commands run in, which nodes see too.</summary>
    public required string Folder { get; init; }

    /// <summary>Variables for the jobs beside those of this process, e.g. a store with a secret, which must not be on a command line.</summary>
    public IReadOnlyDictionary<string, string> Environment { get; init; } = new Dictionary<string, string>();

    /// <summary>The folder that Slurm's programs are in; null for those on PATH.</summary>
    internal string? Programs { get; init; }

    /// <summary>How long one of them may take: a controller that is busy answers late; one that is gone, after its own time-outs, with an error.</summary>
    internal TimeSpan Patience { get; init; } = TimeSpan.FromMinutes(2);
}
