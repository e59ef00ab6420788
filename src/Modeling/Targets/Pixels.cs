using static TorchSharp.torch;

namespace Unreel.Modeling;

/// <summary>The pixels of the cube from 0 to 1, ordered (frame, row, column, channel).</summary>
internal sealed class Pixels : ITarget
{
    public string Name => "pixels";

    public int Values(VideoTransformerShape shape) => shape.CubeValues;

    public Tensor Compute(VideoTransformerShape shape, Tensor cubesBNC, Tensor maskedBM) => ClipTensor.Unit(ClipTensor.Select(cubesBNC, maskedBM));
}
