namespace Unreel.Modeling;

/// <summary>Finds targets by the names that options use.</summary>
public static class TargetNames
{
    private static readonly ITarget[] Known = [new FrameDifference(), new HistogramsOfGradients(), new Motion(), new NormalisedPixels(), new Pixels()];

    /// <summary>The target that needs a tokenizer.</summary>
    public const string Codes = Modeling.Codes.OptionName;

    /// <summary>The target of an autoencoder that says none: VideoMAE's.</summary>
    internal const string Default = "normalised_pixels";

    /// <summary>The names, in ordinal order.</summary>
    public static IReadOnlyList<string> All { get; } = [.. Known.Select(target => target.Name).Append(Codes).Order(StringComparer.Ordinal)];

    /// <summary>Whether predictions of a target can be drawn: not those of codes.</summary>
    public static bool CanBeDrawn(string name) => Array.Exists(Known, target => target.Name == name && target is IDrawnTarget);

    /// <summary>Finds a target.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="tokenizer">Gives the codes, where they are the target.</param>
    /// <exception cref="ModelException">There is none of that name, or it needs a tokenizer.</exception>
    internal static ITarget Get(string name, IClipTokenizer? tokenizer = null)
    {
        if (name == Codes)
            return new Codes(tokenizer ?? throw new ModelException($"The target '{name}' needs a tokenizer that gives the codes."));

        return Array.Find(Known, target => target.Name == name) ?? throw new ModelException($"There is no target '{name}'; there are {string.Join(", ", All)}.");
    }
}
