namespace Unreel.Modeling;

/// <summary>Finds targets by the names that options use.</summary>
public static class TargetNames
{
    private static readonly ITarget[] Known = [new FrameDifference(), new HistogramsOfGradients(), new Motion(), new NormalisedPixels(), new Pixels()];

    /// <summary>The names, in ordinal order.</summary>
    public static IReadOnlyList<string> All { get; } = [.. Known.Select(target => target.Name).Order(StringComparer.Ordinal)];

    /// <exception cref="ModelException">There is none of that name.</exception>
    internal static ITarget Get(string name) => Array.Find(Known, target => target.Name == name)
        ?? throw new ModelException($"There is no target '{name}'; there are {string.Join(", ", All)}.");
}
