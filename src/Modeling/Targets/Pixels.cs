using static TorchSharp.torch;

namespace Unreel.Modeling;

/// <summary>The pixels of the cube from 0 to 1, ordered (frame, row, column, channel).</summary>
internal sealed class Pixels : ValueTarget, IDrawnTarget
{
    public override string Name => "pixels";

    public override int Values(VideoTransformerShape shape) => shape.CubeValues;

    public override Tensor Compute(VideoTransformerShape shape, Tensor cubesBNC, Tensor maskedBM) => ClipTensor.Unit(ClipTensor.Select(cubesBNC, maskedBM));

    public IReadOnlyList<Drawing> Draw(Tensor predictedBMC, TargetBatch batch, Tensor visibleBV) => [new Drawing("predicted", null, predictedBMC)];
}
