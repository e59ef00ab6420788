using static TorchSharp.torch;

namespace Unreel.Modeling;

/// <summary>What the decoder is to predict for a masked token. One small class each, named in options.</summary>
internal interface ITarget
{
    /// <summary>The name in options, e.g. <c>normalised_pixels</c>.</summary>
    string Name { get; }

    /// <summary>Numbers to predict for one token.</summary>
    int Values(VideoTransformerShape shape);

    /// <summary>Computes the numbers to predict.</summary>
    /// <param name="shape">The sizes.</param>
    /// <param name="cubesBNC">All cubes of the batch, uint8.</param>
    /// <param name="maskedBM">Numbers of the masked tokens, int64.</param>
    /// <returns>Float [B, M, values].</returns>
    Tensor Compute(VideoTransformerShape shape, Tensor cubesBNC, Tensor maskedBM);
}
