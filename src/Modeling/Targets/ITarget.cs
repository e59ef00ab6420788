using static TorchSharp.torch;

namespace Unreel.Modeling;

/// <summary>What a decoder is to predict for a masked token, and how far off a prediction is. One small class each, named in options.</summary>
internal interface ITarget
{
    /// <summary>The name in options, e.g. <c>normalised_pixels</c>.</summary>
    string Name { get; }

    /// <summary>Numbers that the decoder gives for one token.</summary>
    /// <exception cref="ModelException">The target cannot be had of clips of this shape.</exception>
    int Values(VideoTransformerShape shape);

    /// <summary>The loss over all masked tokens, a scalar.</summary>
    /// <param name="predictedBMC">What the decoder gave, float [B, M, values].</param>
    /// <param name="batch">What is known of the clips.</param>
    Tensor Loss(Tensor predictedBMC, TargetBatch batch);

    /// <summary>The error of each masked token, float [B, M], whose mean is the loss up to rounding.</summary>
    /// <inheritdoc cref="Loss"/>
    Tensor Errors(Tensor predictedBMC, TargetBatch batch);
}

/// <summary>What targets are computed from.</summary>
/// <param name="Shape">The sizes.</param>
/// <param name="CubesBNC">All cubes of the batch, uint8.</param>
/// <param name="MaskedBM">Numbers of the masked tokens, int64.</param>
/// <param name="CodesBN">Each token's code, int64; null where no tokenizer is used.</param>
internal sealed record TargetBatch(VideoTransformerShape Shape, Tensor CubesBNC, Tensor MaskedBM, Tensor? CodesBN = null);
