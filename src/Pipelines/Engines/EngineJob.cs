namespace Unreel.Pipelines;

/// <summary>What a job takes of the machine it runs on.</summary>
/// <param name="Cores">Cores a process; null for what the engine gives by itself.</param>
/// <param name="Gpus">GPUs a process; 0 for none.</param>
/// <param name="MemoryBytes">Memory of the job on a machine; null for what the engine gives by itself.</param>
public sealed record JobResources(int? Cores = null, int Gpus = 0, long? MemoryBytes = null);

/// <summary>A job of an engine: a stage, the parts of one, or what puts its parts together.</summary>
public sealed record EngineJob
{
    /// <summary>The job's name, the only one of the kind in its plan: small letters, digits and <c>-</c>, at most 40.</summary>
    public required string Name { get; init; }

    /// <summary>The stage it is for, as people know it.</summary>
    public required string StageId { get; init; }

    /// <summary>The program and its arguments.</summary>
    public required IReadOnlyList<string> Command { get; init; }

    /// <summary>How many parts it has, each a task of its own with a number from 0; null for a job that is one.</summary>
    public int? Parts { get; init; }

    /// <summary>How many processes do the work together.</summary>
    public int Processes { get; init; } = 1;

    /// <summary>What it takes.</summary>
    public JobResources Resources { get; init; } = new();

    /// <summary>The names of the jobs that must end well before it begins.</summary>
    public IReadOnlyList<string> After { get; init; } = [];
}

/// <summary>The jobs that a pipeline becomes, each after those it waits for.</summary>
/// <param name="Pipeline">The pipeline's name.</param>
/// <param name="Jobs">The jobs.</param>
public sealed record EnginePlan(string Pipeline, IReadOnlyList<EngineJob> Jobs)
{
    /// <summary>The jobs of a stage, the last of which is the one others wait for.</summary>
    public IReadOnlyList<EngineJob> Of(string stageId) => [.. Jobs.Where(job => job.StageId == stageId)];
}
