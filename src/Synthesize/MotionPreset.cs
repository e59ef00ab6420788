using System.ComponentModel.DataAnnotations;

namespace Unreel.Synthesize;

/// <summary>Kinds of motion, the labels of a labelled set. Angles are as seen: y points down the screen.</summary>
public enum SynthesisMotion
{
    /// <summary>All objects move to the left.</summary>
    TranslateLeft,

    /// <summary>All objects move to the right.</summary>
    TranslateRight,

    /// <summary>All objects move up.</summary>
    TranslateUp,

    /// <summary>All objects move down.</summary>
    TranslateDown,

    /// <summary>All objects turn clockwise about themselves.</summary>
    RotateClockwise,

    /// <summary>All objects turn counter-clockwise about themselves.</summary>
    RotateCounterClockwise,

    /// <summary>All objects grow; one that has reached its largest size starts again at its smallest.</summary>
    Grow,

    /// <summary>All objects shrink; one that has reached its smallest size starts again at its largest.</summary>
    Shrink,

    /// <summary>All objects swing to and fro along one line.</summary>
    Oscillate,

    /// <summary>All objects go round in circles without turning.</summary>
    Orbit,

    /// <summary>No object moves.</summary>
    Still,
}

/// <summary>
/// How labelled videos are drawn: a few objects, all moving in the same way, over clutter. Lengths and speeds are for a
/// canvas of 256 pixels and scale with it.
/// </summary>
/// <remarks>
/// One frame never gives the label away. Every object has a place on a torus, an angle and a size, all uniformly random;
/// each motion moves that state along a circle, which keeps it uniform in every frame, and so the same for all labels.
/// Videos come in groups of one a label that share everything but the state: objects, clutter, colours.
/// </remarks>
public sealed record MotionPreset : IValidatableObject
{
    /// <summary>The labels, in order. Default the first eight kinds.</summary>
    [MinLength(2)]
    public IReadOnlyList<SynthesisMotion> Motions { get; init; } = [.. Enum.GetValues<SynthesisMotion>().Take(8)];

    /// <summary>The side of the square canvas in pixels. Default 256, 16 to 2048.</summary>
    [Range(16, 2048)]
    public int Size { get; init; } = 256;

    /// <summary>Frames a video. Default 64, 2 to 10,000.</summary>
    [Range(2, 10_000)]
    public int Frames { get; init; } = 64;

    /// <summary>Frames a second in encoded files. Default 25, 1 to 240.</summary>
    [Range(1.0, 240.0)]
    public double FrameRate { get; init; } = 25;

    /// <summary>The fewest moving objects. Default 1, 1 to 100.</summary>
    [Range(1, 100)]
    public int MinObjects { get; init; } = 1;

    /// <summary>The most moving objects. Default 3, 1 to 100.</summary>
    [Range(1, 100)]
    public int MaxObjects { get; init; } = 3;

    /// <summary>The smallest radius of a moving object in pixels. Default 26, 4 to 120.</summary>
    [Range(4.0, 120.0)]
    public double MinRadius { get; init; } = 26;

    /// <summary>The largest radius of a moving object in pixels. Default 42, 4 to 120.</summary>
    [Range(4.0, 120.0)]
    public double MaxRadius { get; init; } = 42;

    /// <summary>
    /// How far moving objects stand out: their bodies' colours begin at this share of full brightness, and those of the
    /// background and of their marks end at what is left. Default 0: all colours everywhere. 0 to 1.
    /// </summary>
    [Range(0.0, 1.0)]
    public double Contrast { get; init; }

    /// <summary>Objects in the background. Default 60, 0 to 10,000.</summary>
    [Range(0, 10_000)]
    public int Clutter { get; init; } = 60;

    /// <summary>How far background objects sway at most, in pixels either way. Default 1, 0 to 20.</summary>
    [Range(0.0, 20.0)]
    public double Sway { get; init; } = 1;

    /// <summary>Multiplies the speed of every motion. Default 1, 0.01 to 10.</summary>
    [Range(0.01, 10.0)]
    public double SpeedFactor { get; init; } = 1;

    /// <inheritdoc/>
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (MinObjects > MaxObjects)
            yield return new ValidationResult($"min_objects is {MinObjects} and max_objects {MaxObjects}; expected min_objects to be at most max_objects.", [nameof(MinObjects)]);

        if (MinRadius > MaxRadius)
            yield return new ValidationResult($"min_radius is {MinRadius} and max_radius {MaxRadius}; expected min_radius to be at most max_radius.", [nameof(MinRadius)]);

        if (Motions.Distinct().Count() != Motions.Count)
            yield return new ValidationResult($"motions names {Motions.GroupBy(m => m).First(g => g.Count() > 1).Key} twice; expected each kind once.", [nameof(Motions)]);
    }
}
