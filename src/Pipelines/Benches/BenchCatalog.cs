namespace Unreel.Pipelines;

/// <summary>The benches that can be run.</summary>
public sealed class BenchCatalog
{
    private readonly SortedDictionary<string, IBench> _benches = new(StringComparer.Ordinal);

    /// <summary>Makes a catalog; names must differ.</summary>
    public BenchCatalog(IEnumerable<IBench> benches)
    {
        foreach (IBench bench in benches)
        {
            if (!_benches.TryAdd(bench.Name, bench))
                throw new InvalidOperationException($"Two benches are registered as '{bench.Name}'.");
        }
    }

    /// <summary>All benches, by name.</summary>
    public IReadOnlyCollection<IBench> Benches => _benches.Values;

    /// <summary>Finds a bench.</summary>
    /// <exception cref="UsageException">There is none by that name.</exception>
    public IBench Get(string name) =>
        _benches.GetValueOrDefault(name) ?? throw new UsageException($"unknown bench '{name}'{Suggestion.For(name, _benches.Keys)}");
}
