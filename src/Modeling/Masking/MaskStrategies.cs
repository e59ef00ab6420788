namespace Unreel.Modeling;

/// <summary>Finds masking strategies by the names that options use.</summary>
public static class MaskStrategies
{
    private static readonly Dictionary<string, Func<double, int, IMaskStrategy>> All = new(StringComparer.Ordinal)
    {
        ["frame"] = (ratio, _) => new FrameMask(ratio),
        ["motion-flow"] = (ratio, _) => new MotionFlowMask(ratio),
        [Boxed] = (ratio, box) => new MotionVectorMask(ratio, box),
        ["random"] = (ratio, _) => new RandomMask(ratio),
        ["tube"] = (ratio, _) => new TubeMask(ratio),
    };

    // The only strategy that has boxes.
    private const string Boxed = "motion-vectors";

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
    /// <param name="box">Places along a side of the box over which <c>motion-vectors</c> takes means: odd; null for 1.</param>
    /// <exception cref="ModelException">There is none of that name, the ratio is out of range, or there is a box that is not odd or not for this strategy.</exception>
    public static IMaskStrategy Create(string name, double ratio, int? box = null)
    {
        if (!All.TryGetValue(name, out Func<double, int, IMaskStrategy>? create))
            throw new ModelException($"There is no mask '{name}'; there are {string.Join(", ", Names)} and, for pre-training, {AdaptiveMask.Name}.");
        if (ratio is not (> 0 and < 1))
            throw new ModelException($"The mask ratio must be above 0 and below 1, found {ratio}.");

        if (box is not null && name != Boxed)
            throw new ModelException($"The mask '{name}' has no box; only '{Boxed}' has.");
        if (box is < 1 || box % 2 == 0)
            throw new ModelException($"The mask box must be an odd number of tokens, found {box}.");

        return create(ratio, box ?? 1);
    }
}
