namespace Unreel.Modeling;

/// <summary>Finds masking strategies by the names that options use.</summary>
public static class MaskStrategies
{
    private static readonly Dictionary<string, Func<double, IMaskStrategy>> All = new(StringComparer.Ordinal)
    {
        ["frame"] = ratio => new FrameMask(ratio),
        ["random"] = ratio => new RandomMask(ratio),
        ["tube"] = ratio => new TubeMask(ratio),
    };

    private static readonly IDecoderMask[] DecoderMasks = [new RunningCell()];

    /// <summary>The names, in ordinal order.</summary>
    public static IReadOnlyList<string> Names { get; } = [.. All.Keys.Order(StringComparer.Ordinal)];

    /// <summary>The names of decoder masks, in ordinal order.</summary>
    public static IReadOnlyList<string> DecoderNames { get; } = [.. DecoderMasks.Select(mask => mask.Name).Order(StringComparer.Ordinal)];

    /// <summary>Finds a decoder mask.</summary>
    /// <exception cref="ModelException">There is none of that name.</exception>
    public static IDecoderMask Decoder(string name) => Array.Find(DecoderMasks, mask => mask.Name == name)
        ?? throw new ModelException($"There is no decoder mask '{name}'; there are {string.Join(", ", DecoderNames)}.");

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
