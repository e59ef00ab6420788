using System.ComponentModel.DataAnnotations;

namespace Unreel.Pipelines;

/// <summary>What a pipeline file says under a stage's <c>resources</c>; what it does not say is left to the kind of stage.</summary>
public sealed record StageResources
{
    /// <summary>The cores it keeps busy.</summary>
    [Range(1, 4096)]
    public int? Cores { get; init; }

    /// <summary>The GPUs it computes on.</summary>
    [Range(0, 64)]
    public int? Gpus { get; init; }

    /// <summary>The memory it takes, e.g. <c>8GiB</c>.</summary>
    public MemorySize? Memory { get; init; }
}
