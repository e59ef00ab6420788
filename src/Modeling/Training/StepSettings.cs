using System.Globalization;
using Unreel.Video;

namespace Unreel.Modeling;

/// <summary>What a <see cref="StepMeter"/> is asked to measure, the same for every bench.</summary>
public static class StepSettings
{
    /// <summary>The labels of a fine-tuning that is measured: UCF101's.</summary>
    public const int Labels = 101;

    /// <summary>Pre-training with tube masking .9.</summary>
    /// <param name="shape">The network's sizes.</param>
    /// <param name="hasDecoderMask">Whether the decoder predicts half of the hidden tokens only (running cell).</param>
    /// <param name="precision">What matrix products compute in.</param>
    public static PretrainingSettings Pretraining(VideoTransformerShape shape, bool hasDecoderMask, Precision precision) => new()
    {
        Shape = shape,
        Mask = MaskStrategies.Create("tube", 0.9),
        DecoderMask = hasDecoderMask ? MaskStrategies.Decoder("running-cell") : null,
        Precision = precision,
    };

    /// <summary>Fine-tuning with drop path .1 and dropout .5.</summary>
    /// <param name="shape">The network's sizes.</param>
    /// <param name="precision">What matrix products compute in.</param>
    public static FinetuningSettings Finetuning(VideoTransformerShape shape, Precision precision) => new()
    {
        Shape = shape,
        Labels = [.. Enumerable.Range(0, Labels).Select(label => label.ToString(CultureInfo.InvariantCulture))],
        Preparation = new ClipPreparation { Frames = shape.Frames, Size = shape.ImageSize, Stride = 1 },
        DropPath = 0.1,
        Dropout = 0.5,
        Precision = precision,
    };
}
