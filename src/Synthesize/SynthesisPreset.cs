using System.ComponentModel.DataAnnotations;

namespace Unreel.Synthesize;

/// <summary>
/// How unlabelled videos are drawn: "Learning Video Representations without Natural Videos", the progression from static
/// circles to accelerating and transforming shapes. Lengths and speeds are for a canvas of 256 pixels and scale with it.
/// </summary>
public sealed record SynthesisPreset : IValidatableObject
{
    /// <summary>The kinds of objects, each equally likely. Default all six.</summary>
    [MinLength(1)]
    public IReadOnlyList<SynthesisShape> Shapes { get; init; } = Enum.GetValues<SynthesisShape>();

    /// <summary>Objects a video, most of which start off the canvas. Default 500, 0 (with a background of images) to 100,000.</summary>
    [Range(0, 100_000)]
    public int Objects { get; init; } = 500;

    /// <summary>The side of the square canvas in pixels. Default 256, 16 to 2048.</summary>
    [Range(16, 2048)]
    public int Size { get; init; } = 256;

    /// <summary>The fewest frames of a video; its length is uniform. Default 100, 1 to 10,000.</summary>
    [Range(1, 10_000)]
    public int MinFrames { get; init; } = 100;

    /// <summary>The most frames of a video. Default 200, 1 to 10,000.</summary>
    [Range(1, 10_000)]
    public int MaxFrames { get; init; } = 200;

    /// <summary>Frames a second in encoded files. Default 25, 1 to 240.</summary>
    [Range(1.0, 240.0)]
    public double FrameRate { get; init; } = 25;

    /// <summary>The least initial speed in pixels a frame. Default 1.2, 0 to 100.</summary>
    [Range(0.0, 100.0)]
    public double MinSpeed { get; init; } = 1.2;

    /// <summary>The greatest initial speed in pixels a frame. Default 3, 0 to 100.</summary>
    [Range(0.0, 100.0)]
    public double MaxSpeed { get; init; } = 3;

    /// <summary>Multiplies the initial speeds, not the accelerations; the slow datasets have 0.5. Default 1, 0 to 10.</summary>
    [Range(0.0, 10.0)]
    public double SpeedFactor { get; init; } = 1;

    /// <summary>
    /// The largest a of the path (v + a t) t, in pixels a frame^2; drawn uniformly between its negative and itself.
    /// The paper's figure is the second derivative, twice this. Default 0, 0 to 10.
    /// </summary>
    [Range(0.0, 10.0)]
    public double Acceleration { get; init; }

    /// <summary>The largest rotation in degrees a frame, either way. Default 0, 0 to 180.</summary>
    [Range(0.0, 180.0)]
    public double Rotation { get; init; }

    /// <summary>The largest change of scale a frame, for each axis. Default 0, 0 to 1.</summary>
    [Range(0.0, 1.0)]
    public double Scaling { get; init; }

    /// <summary>The largest change of shear a frame, for each axis. Default 0, 0 to 1.</summary>
    [Range(0.0, 1.0)]
    public double Shear { get; init; }

    /// <summary>Whether circles scale and rotate too (never shear), as in the released on-the-fly generator; the offline one leaves them alone. Default true.</summary>
    public bool TransformCircles { get; init; } = true;

    /// <summary>What is seen where no object is. Default black.</summary>
    public SynthesisBackground Background { get; init; }

    /// <summary>The pools that textures are drawn from. Default none: every object has one colour.</summary>
    public IReadOnlyList<TextureSource> Textures { get; init; } = [];

    /// <summary>Whether objects show textures, where there are any; otherwise only backgrounds and still videos do. Default true.</summary>
    public bool TexturedObjects { get; init; } = true;

    /// <summary>Whether each object's texture is multiplied with a random colour, the paper's "saturated" sets. Default false.</summary>
    public bool Tint { get; init; }

    /// <summary>The share of videos that are one texture, the same in all frames. Default 0, 0 to 1.</summary>
    [Range(0.0, 1.0)]
    public double StillShare { get; init; }

    /// <summary>The share of videos that are real ones, from a folder. Default 0, 0 to 1.</summary>
    [Range(0.0, 1.0)]
    public double RealShare { get; init; }

    /// <summary>Whether objects are painted with textures.</summary>
    internal bool PaintsTextures => TexturedObjects && Textures.Count > 0;

    /// <summary>Whether no object ever moves or changes.</summary>
    internal bool IsStill => MaxSpeed * SpeedFactor == 0 && Acceleration == 0 && !Transforms;

    internal bool Transforms => Rotation != 0 || Scaling != 0 || Shear != 0;

    /// <inheritdoc/>
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (MinFrames > MaxFrames)
            yield return new ValidationResult($"min_frames is {MinFrames} and max_frames {MaxFrames}; expected min_frames to be at most max_frames.", [nameof(MinFrames)]);

        if (MinSpeed > MaxSpeed)
            yield return new ValidationResult(FormattableString.Invariant($"min_speed is {MinSpeed} and max_speed {MaxSpeed}; expected min_speed to be at most max_speed."), [nameof(MinSpeed)]);

        foreach (string failure in Textures.SelectMany(PresetRules.Check))
            yield return new ValidationResult(failure, [nameof(Textures)]);

        foreach (ValidationResult failure in CheckTextures())
            yield return failure;
    }

    private IEnumerable<ValidationResult> CheckTextures()
    {
        bool isUsed = Background == SynthesisBackground.Image || StillShare > 0 || (TexturedObjects && Objects > 0);
        if (Textures.Count > 0 && !isUsed)
            yield return new ValidationResult("textures are named, and nothing shows them: expected textured_objects, background: image or a still_share.", [nameof(Textures)]);
        if (Textures.Count == 0 && Background == SynthesisBackground.Image)
            yield return new ValidationResult("background is image, and no textures are named; expected some.", [nameof(Background)]);
        if (Textures.Count == 0 && StillShare > 0)
            yield return new ValidationResult(FormattableString.Invariant($"still_share is {StillShare}, and no textures are named; expected some."), [nameof(StillShare)]);
        if (Tint && !PaintsTextures)
            yield return new ValidationResult("tint is true, and objects show no textures; expected textures, and textured_objects true.", [nameof(Tint)]);
        if (Objects == 0 && Background != SynthesisBackground.Image)
            yield return new ValidationResult("objects is 0, and nothing else is seen; expected at least 1, or background: image.", [nameof(Objects)]);
        if (StillShare + RealShare > 1)
            yield return new ValidationResult(FormattableString.Invariant($"still_share is {StillShare} and real_share {RealShare}; expected no more than 1 together."), [nameof(StillShare)]);
    }
}
