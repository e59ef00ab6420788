namespace Unreel.Pipelines;

/// <summary>The stages that pipelines may name.</summary>
public sealed class StageCatalog
{
    private readonly SortedDictionary<string, StageDescription> _stages = new(StringComparer.Ordinal);

    /// <summary>Makes a catalog; names must differ.</summary>
    public StageCatalog(IEnumerable<StageDescription> stages)
    {
        foreach (StageDescription stage in stages)
        {
            if (!_stages.TryAdd(stage.Name, stage))
                throw new InvalidOperationException($"Two stages are registered as '{stage.Name}'.");
        }
    }

    /// <summary>All stages, by name.</summary>
    public IReadOnlyCollection<StageDescription> Stages => _stages.Values;

    /// <summary>Finds a stage; null where there is none by that name.</summary>
    public StageDescription? Find(string name) => _stages.GetValueOrDefault(name);

    /// <summary>Finds a stage.</summary>
    /// <exception cref="UsageException">There is none by that name.</exception>
    public StageDescription Get(string name) =>
        Find(name) ?? throw new UsageException($"unknown stage '{name}'{Suggestion.For(name, _stages.Keys)}");
}
