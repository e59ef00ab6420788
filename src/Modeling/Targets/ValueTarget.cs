using static TorchSharp.torch;

namespace Unreel.Modeling;

/// <summary>A target of numbers, of which the mean squared error is taken.</summary>
internal abstract class ValueTarget : ITarget
{
    /// <inheritdoc/>
    public abstract string Name { get; }

    /// <inheritdoc/>
    public abstract int Values(VideoTransformerShape shape);

    /// <summary>Computes the numbers to predict.</summary>
    /// <param name="shape">The sizes.</param>
    /// <param name="cubesBNC">All cubes of the batch, uint8.</param>
    /// <param name="maskedBM">Numbers of the masked tokens, int64.</param>
    /// <returns>Float [B, M, values].</returns>
    public abstract Tensor Compute(VideoTransformerShape shape, Tensor cubesBNC, Tensor maskedBM);

    /// <inheritdoc/>
    public Tensor Loss(Tensor predictedBMC, TargetBatch batch) => nn.functional.mse_loss(predictedBMC, Wanted(batch));

    /// <inheritdoc/>
    public Tensor Errors(Tensor predictedBMC, TargetBatch batch) =>
        nn.functional.mse_loss(predictedBMC, Wanted(batch), nn.Reduction.None).mean([2]);

    private Tensor Wanted(TargetBatch batch) => Compute(batch.Shape, batch.CubesBNC, batch.MaskedBM);
}
