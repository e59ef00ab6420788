using System.ComponentModel.DataAnnotations;

namespace Unreel.Synthesize;

/// <summary>Where a preset's textures come from: one pool of images.</summary>
public sealed record TextureSource : IValidatableObject
{
    /// <summary>What the images are.</summary>
    public required TextureFamily Family { get; init; }

    /// <summary>
    /// How many images of the pool are used at most. Several sources are drawn from in the ratio of these numbers.
    /// Default 300,000, as in the paper; 1 to 10 million.
    /// </summary>
    [Range(1, 10_000_000)]
    public int Count { get; init; } = 300_000;

    /// <summary>Whether the images change from frame to frame; the pool has to hold more than one frame of each. Default false.</summary>
    public bool Dynamic { get; init; }

    /// <inheritdoc/>
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (Dynamic && !CanChange(Family))
            yield return new ValidationResult($"dynamic is true, and {Kebab.Of(Family)} textures do not change; expected a StyleGAN family.", [nameof(Dynamic)]);
    }

    /// <summary>Whether textures of a family may have several frames.</summary>
    internal static bool CanChange(TextureFamily family) => family is
        TextureFamily.StyleganOriented or TextureFamily.StyleganHighFrequency or TextureFamily.StyleganSparse or TextureFamily.StyleganRandom;
}
