namespace Unreel.Modeling;

/// <summary>Finds masking strategies by the names that options use.</summary>
public static class MaskStrategies
{
    private static readonly Dictionary<string, Func<double, IMaskStrategy>> All = new(StringComparer.Ordinal)
    {
        ["tube"] = ratio => new TubeMask(ratio),
    };

    /// <summary>The names, in ordinal order.</summary>
    public static IReadOnlyList<string> Names { get; } = [.. All.Keys.Order(StringComparer.Ordinal)];

    /// <summary>Makes a strategy.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="ratio">The hidden share, above 0 and below 1.</param>
    /// <exception cref="ModelException">There is none of that name, or the ratio is out of range.</exception>
    public static IMaskStrategy Create(string name, double ratio)
    {
        if (!All.TryGetValue(name, out Func<double, IMaskStrategy>? create))
            throw new ModelException($"There is no mask '{name}'; there are {string.Join(", ", Names)}.");
        if (ratio is not (> 0 and < 1))
            throw new ModelException($"The mask ratio must be above 0 and below 1, found {ratio}.");

        return create(ratio);
    }
}
