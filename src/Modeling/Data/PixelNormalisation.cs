namespace Unreel.Modeling;

/// <summary>How pixels from 0 to 1 become what a network sees: (value - mean) / standard deviation, for each channel.</summary>
public sealed record PixelNormalisation
{
    /// <summary>The values of ImageNet, which VideoMAE uses.</summary>
    public static PixelNormalisation ImageNet { get; } = new() { Mean = [0.485f, 0.456f, 0.406f], Std = [0.229f, 0.224f, 0.225f] };

    /// <summary>
    /// What moves, and nothing else: every pixel less its mean over the clip, over .1. A network of a few minutes' training
    /// finds motion in this and does not in raw pixels, where a still background outweighs it thirty to one. Needs a camera that stands still.
    /// </summary>
    public static PixelNormalisation Motion { get; } = new() { Mean = [0, 0, 0], Std = [0.1f, 0.1f, 0.1f], CentreOverTime = true };

    /// <summary>Means of red, green and blue, from 0 to 1.</summary>
    public required IReadOnlyList<float> Mean { get; init; }

    /// <summary>Standard deviations of red, green and blue, above 0.</summary>
    public required IReadOnlyList<float> Std { get; init; }

    /// <summary>Whether each pixel's mean over the frames of its clip is subtracted first. Default false.</summary>
    public bool CentreOverTime { get; init; }

    /// <summary>Finds a normalisation by its name in options: <c>imagenet</c> or <c>motion</c>.</summary>
    /// <exception cref="ModelException">There is none of that name.</exception>
    public static PixelNormalisation Get(string name) => name switch
    {
        "imagenet" => ImageNet,
        "motion" => Motion,
        _ => throw new ModelException($"There is no normalisation '{name}'; there are imagenet and motion."),
    };

    /// <summary>Checks lengths and ranges.</summary>
    /// <exception cref="ModelException">They are not three numbers each, or a deviation is not above 0.</exception>
    public PixelNormalisation Checked(string name) =>
        Mean.Count == 3 && Std.Count == 3 && Mean.All(float.IsFinite) && Std.All(value => float.IsFinite(value) && value > 0)
            ? this
            : throw new ModelException($"{name}: mean and std must be three finite numbers each, std above 0; found [{string.Join(", ", Mean)}] and [{string.Join(", ", Std)}].");
}
