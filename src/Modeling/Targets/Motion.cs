using TorchSharp;
using static TorchSharp.torch;

namespace Unreel.Modeling;

/// <summary>Every pixel of the cube less its mean over the clip, over .1, ordered (frame, row, column, channel): what moves, and where to.</summary>
internal sealed class Motion : ITarget
{
    public string Name => "motion";

    public int Values(VideoTransformerShape shape) => shape.CubeValues;

    public Tensor Compute(VideoTransformerShape shape, Tensor cubesBNC, Tensor maskedBM)
    {
        using DisposeScope scope = NewDisposeScope();
        return ClipTensor.Normalised(ClipTensor.Select(ClipTensor.Centred(shape, cubesBNC), maskedBM), PixelNormalisation.Motion).MoveToOuterDisposeScope();
    }
}
