using System.ComponentModel.DataAnnotations;
using Unreel.Pipelines;
using Unreel.Video;

namespace Unreel.Evaluate;

/// <summary>Everything that decides an evaluation.</summary>
public sealed record EvaluateOptions
{
    /// <summary>The ONNX model: an artifact of kind onnx, a file, or a folder with a <c>model.onnx</c>.</summary>
    [Required]
    public required StageInput Model { get; init; }

    /// <summary>The labelled clips.</summary>
    [Required]
    public required StageInput Clips { get; init; }

    /// <summary>Which clips are held out; give what the classifier was fine-tuned with.</summary>
    public SplitOptions Split { get; init; } = new();

    /// <summary>The part to measure on. Default <see cref="ClipPart.Test"/>.</summary>
    public ClipPart Part { get; init; } = ClipPart.Test;

    /// <summary>How many clips may be unreadable before the work stops with exit code 4. Default 0.</summary>
    [Range(0, int.MaxValue)]
    public int MaxFailures { get; init; }

    /// <summary>The lowest top-1 accuracy, 0 to 1, that is accepted; below it nothing is published and the exit code is 3. Default null: any.</summary>
    [Range(0.0, 1.0)]
    public double? MinTop1 { get; init; }

    /// <summary>The threads one inference uses, and those that decode ahead of it; 0 means one for each core. Default 0. Sums of other lengths round otherwise, which a probability's last digits may show.</summary>
    [Range(0, 1024)]
    public int Threads { get; init; }

    /// <summary>Where inference runs: <c>cpu</c>, <c>cuda</c> or <c>cuda:1</c>. Default <c>cpu</c>. No other takes over where it cannot be used: figures of two devices are not to be mixed.</summary>
    [RegularExpression("cpu|cuda(:[0-9]{1,2})?")]
    public string Device { get; init; } = "cpu";
}

/// <summary>A part of a labelled set.</summary>
public enum ClipPart
{
    /// <summary>The clips held out.</summary>
    Test,

    /// <summary>The clips learned from.</summary>
    Train,

    /// <summary>Every clip; nothing is split.</summary>
    All,
}
