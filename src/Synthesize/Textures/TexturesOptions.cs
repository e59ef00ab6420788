using System.ComponentModel.DataAnnotations;
using Unreel.Pipelines;
using Unreel.Synthesize.Textures;

namespace Unreel.Synthesize;

/// <summary>Everything that decides a pool of textures.</summary>
public sealed record TexturesOptions : IValidatableObject
{
    /// <summary>The default of <see cref="Step"/>.</summary>
    public const double SmoothStep = 0.07;

    /// <summary>What the images are: one of the synthetic families, or pictures of a folder.</summary>
    public required TextureFamily Family { get; init; }

    /// <summary>The number of textures, 1 to 10 million. Pictures: a random choice of that many; default all of them.</summary>
    [Range(1, 10_000_000)]
    public int? Count { get; init; }

    /// <summary>What all random choices are derived from. Default 0.</summary>
    public ulong Seed { get; init; }

    /// <summary>The folder of pictures (PNG, JPEG, WebP, BMP, TIFF), for the family images.</summary>
    public StageInput? Images { get; init; }

    /// <summary>Texels a side, for pictures, which are resized to a square. Default 256, 16 to 2048; synthetic textures always have 256.</summary>
    [Range(16, 2048)]
    public int? Size { get; init; }

    /// <summary>
    /// Frames of each texture: more than one for textures that change, which only StyleGAN families do.
    /// A video that is longer plays them to and fro. Default 1, 1 to 1,000.
    /// </summary>
    [Range(1, 1000)]
    public int Frames { get; init; } = 1;

    /// <summary>How far the latent vector of a changing texture goes a frame, against its own deviation. Default 0.07; 0.05 to 0.1 looks smooth. 0.001 to 1.</summary>
    [Range(0.001, 1.0)]
    public double Step { get; init; } = SmoothStep;

    /// <summary>Threads that draw, 0 for one a core. Default 0. The bytes do not depend on it.</summary>
    [RunOnly]
    [Range(0, 1024)]
    public int Workers { get; init; }

    private bool IsPictures => Family == TextureFamily.Images;

    /// <inheritdoc/>
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (IsPictures && Images is null)
            yield return new ValidationResult("family is images, and no folder is given; expected images: a folder of pictures.", [nameof(Images)]);
        if (!IsPictures && Images is not null)
            yield return new ValidationResult($"images is {Images}, and family {Kebab.Of(Family)} draws its own; expected family: images.", [nameof(Images)]);
        if (!IsPictures && Size is { } size && size != TexturePainter.Side)
            yield return new ValidationResult($"size is {size}; expected {TexturePainter.Side}, the side of all synthetic textures.", [nameof(Size)]);
        if (!IsPictures && Count is null)
            yield return new ValidationResult("count is missing; expected the number of textures.", [nameof(Count)]);
        if (Frames > 1 && !TextureSource.CanChange(Family))
            yield return new ValidationResult($"frames is {Frames}, and {Kebab.Of(Family)} textures do not change; expected 1, or a StyleGAN family.", [nameof(Frames)]);
        if (Frames == 1 && Step != SmoothStep)
            yield return new ValidationResult(FormattableString.Invariant($"step is {Step}, and textures of one frame do not change; expected frames above 1."), [nameof(Step)]);
    }
}
