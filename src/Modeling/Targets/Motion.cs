using TorchSharp;
using static TorchSharp.torch;

namespace Unreel.Modeling;

/// <summary>Every pixel of the cube less its mean over the clip, over .1, ordered (frame, row, column, channel): what moves, and where to.</summary>
internal sealed class Motion : ValueTarget, IDrawnTarget
{
    public override string Name => "motion";

    public override int Values(VideoTransformerShape shape) => shape.CubeValues;

    public override Tensor Compute(VideoTransformerShape shape, Tensor cubesBNC, Tensor maskedBM)
    {
        using DisposeScope scope = NewDisposeScope();
        return ClipTensor.Normalised(ClipTensor.Select(ClipTensor.Centred(shape, cubesBNC), maskedBM), PixelNormalisation.Motion).MoveToOuterDisposeScope();
    }

    public IReadOnlyList<Drawing> Draw(Tensor predictedBMC, TargetBatch batch, Tensor visibleBV)
    {
        Tensor movingBMC = predictedBMC * PixelNormalisation.Motion.Std[0];
        Tensor stillBMC = ClipTensor.Unit(ClipTensor.Select(batch.CubesBNC - ClipTensor.Centred(batch.Shape, batch.CubesBNC), batch.MaskedBM));
        return
        [
            new Drawing("predicted", "each pixel's mean over the original clip", movingBMC + stillBMC),
            new Drawing("predicted motion on grey", null, movingBMC + 0.5),
        ];
    }
}
