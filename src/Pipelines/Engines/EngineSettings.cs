namespace Unreel.Pipelines;

/// <summary>How a pipeline becomes jobs of an engine.</summary>
public sealed record EngineSettings
{
    /// <summary>The engine.</summary>
    public required IBatchEngine Engine { get; init; }

    /// <summary>How stages become jobs.</summary>
    public required JobShape Shape { get; init; }

    /// <summary>Whether to wait for the jobs and bring back what they say. Default true.</summary>
    public bool Wait { get; init; } = true;

    /// <summary>How often to look at the jobs. Default 2 seconds.</summary>
    public TimeSpan Interval { get; init; } = TimeSpan.FromSeconds(2);
}

/// <summary>What jobs are made of, whatever engine runs them.</summary>
public sealed record JobShape
{
    /// <summary>The command that runs the pipeline, without naming a stage: program, <c>run</c>, file, values of options.</summary>
    public required IReadOnlyList<string> Command { get; init; }

    /// <summary>Into how many parts stages are divided that can be; 1 for whole stages. Default 1.</summary>
    public int Shards { get; init; } = 1;

    /// <summary>How many processes train together in stages that can. Default 1.</summary>
    public int Processes { get; init; } = 1;

    /// <summary>What a stage takes that says nothing of it.</summary>
    public JobResources Resources { get; init; } = new();
}
