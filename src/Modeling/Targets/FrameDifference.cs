using TorchSharp;
using static TorchSharp.torch;

namespace Unreel.Modeling;

/// <summary>
/// Every pixel, from 0 to 1, less that of the frame before it, ordered (frame, row, column, channel): the motion target of MAM2. The clip's
/// first frame has none before it and takes the difference of the second, so that a still clip is 0 throughout.
/// </summary>
internal sealed class FrameDifference : ValueTarget, IDrawnTarget
{
    public override string Name => "frame_difference";

    public override int Values(VideoTransformerShape shape) => shape.Frames >= 2
        ? shape.CubeValues
        : throw new ModelException($"The target '{Name}' needs clips of at least 2 frames, found {shape.Frames}.");

    public override Tensor Compute(VideoTransformerShape shape, Tensor cubesBNC, Tensor maskedBM)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor differences = Differences(shape, ClipTensor.Unit(cubesBNC));
        return ClipTensor.Select(differences, maskedBM).MoveToOuterDisposeScope();
    }

    public IReadOnlyList<Drawing> Draw(Tensor predictedBMC, TargetBatch batch, Tensor visibleBV)
    {
        Tensor beforeBMC = ClipTensor.Unit(ClipTensor.Select(batch.CubesBNC, batch.MaskedBM)) - Compute(batch.Shape, batch.CubesBNC, batch.MaskedBM);
        return
        [
            new Drawing("predicted", "the original's frame before each frame", predictedBMC + beforeBMC),
            new Drawing("predicted difference on grey", null, predictedBMC + 0.5),
        ];
    }

    // Frames run over slots and, within a slot, over the cube's own frames: [B, slot, place, frame, pixel] to [B, place, slot x frame, pixel].
    private static Tensor Differences(VideoTransformerShape shape, Tensor pixelsBNC)
    {
        long clips = pixelsBNC.shape[0];
        Tensor frames = pixelsBNC.view(clips, shape.Slots, shape.SlotTokens, shape.TubeletSize, -1).transpose(1, 2).reshape(clips, shape.SlotTokens, shape.Frames, -1);
        Tensor later = frames.narrow(2, 1, shape.Frames - 1) - frames.narrow(2, 0, shape.Frames - 1);
        return cat([later.narrow(2, 0, 1), later], 2)
            .view(clips, shape.SlotTokens, shape.Slots, shape.TubeletSize, -1).transpose(1, 2).reshape(pixelsBNC.shape);
    }
}
