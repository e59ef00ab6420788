using Unreel.Video;

namespace Unreel.Modeling;

/// <summary>What a file of weights does not say of itself, and what may be otherwise than expected.</summary>
public sealed record WeightImportOptions
{
    /// <summary>A classifier's labels in the order of its logits; null for those that the file or its config names.</summary>
    public IReadOnlyList<string>? Labels { get; init; }

    /// <summary>Frames of a clip that the model shall take; null for those it was trained on.</summary>
    public int? Frames { get; init; }

    /// <summary>Side of the frames in pixels that the model shall take; null for the one it was trained on.</summary>
    public int? ImageSize { get; init; }

    /// <summary>Frames of a clip that a <c>.pth</c> without a description was trained on; null for the preset's of the same width and depth, else 16.</summary>
    public int? SourceFrames { get; init; }

    /// <summary>Side of the frames that a <c>.pth</c> without a description was trained on; null for the preset's, else 224.</summary>
    public int? SourceImageSize { get; init; }

    /// <summary>The encoder's heads, which weights do not tell; null for what the config says, else the preset of the same width and depth.</summary>
    public int? Heads { get; init; }

    /// <summary>The decoder's heads; null as for <see cref="Heads"/>.</summary>
    public int? DecoderHeads { get; init; }

    /// <summary>
    /// Whether, for other frames or another size than the weights were made for, positions are interpolated so that a place keeps its
    /// meaning. Default false: sinusoids are computed anew, as VideoMAE does. Learnt positions are interpolated in any case.
    /// </summary>
    public bool InterpolatePositions { get; init; }

    /// <summary>Names (of the file's format) that may be missing and are initialised; a <c>*</c> at the end stands for any ending.</summary>
    public IReadOnlyList<string> AllowMissing { get; init; } = [];

    /// <summary>Names that may be in the file without a place in the model and are left out; a <c>*</c> at the end stands for any ending.</summary>
    public IReadOnlyList<string> AllowSurplus { get; init; } = [];

    /// <summary>Decides the values of missing parameters. Default 0.</summary>
    public ulong Seed { get; init; }

    /// <summary>How a classifier chooses frames, see <see cref="ClipPreparation.Sampling"/>; null for what the file says, else <c>stride</c>.</summary>
    public string? Sampling { get; init; }

    /// <summary>Steps between a classifier's frames; null for what the file says, else 4.</summary>
    public int? Stride { get; init; }

    /// <summary>Clips of a video whose probabilities are averaged; null for what the file says, else 3.</summary>
    public int? TestClips { get; init; }

    /// <summary>Squares along the long side whose probabilities are averaged; null for what the file says, else 1.</summary>
    public int? TestCrops { get; init; }
}

/// <summary>What an import made.</summary>
/// <param name="Description">The document beside the weights.</param>
/// <param name="Format">What was read: <c>videomae</c>, <c>huggingface</c> or <c>unreel</c>.</param>
/// <param name="Initialised">Names that were missing, as was allowed, and got first values.</param>
/// <param name="LeftOut">Names that were surplus, as was allowed, and were left out.</param>
/// <param name="BringsPositions">Whether the weights carry positions of their own instead of the sinusoid.</param>
public sealed record WeightImportResult(
    ModelDescription Description, string Format, IReadOnlyList<string> Initialised, IReadOnlyList<string> LeftOut, bool BringsPositions);
