using TorchSharp;
using static TorchSharp.torch;

namespace Unreel.Modeling;

/// <summary>
/// Guesses mean and deviation of masked cubes from visible ones: their means weighted by exp(-d^2 / 2), d the distance in cubes along
/// slot, row and column. A guess to draw by, which needs nothing that the network did not see.
/// </summary>
internal static class NearbyStatistics
{
    /// <summary>Guesses.</summary>
    /// <returns>Mean and deviation of each masked cube and channel, [B, M, 1, 3].</returns>
    public static (Tensor Mean, Tensor Deviation) Guess(TargetBatch batch, Tensor visibleBV)
    {
        using DisposeScope scope = NewDisposeScope();
        (Tensor mean, Tensor deviation) = NormalisedPixels.Statistics(ClipTensor.Unit(ClipTensor.Select(batch.CubesBNC, visibleBV)));
        Tensor apartBMV3 = Places(batch.Shape, batch.MaskedBM).unsqueeze(2) - Places(batch.Shape, visibleBV).unsqueeze(1);
        Tensor weightsBMV = (apartBMV3.square().sum([3]) * -0.5).softmax(-1);
        return (Weighted(weightsBMV, mean).MoveToOuterDisposeScope(), Weighted(weightsBMV, deviation).MoveToOuterDisposeScope());
    }

    private static Tensor Weighted(Tensor weightsBMV, Tensor valuesBV13) => matmul(weightsBMV, valuesBV13.squeeze(2)).unsqueeze(2);

    // Slot, row and column of tokens, float [B, N, 3].
    private static Tensor Places(VideoTransformerShape shape, Tensor tokensBN)
    {
        Tensor slot = tokensBN.div(shape.SlotTokens, rounding_mode: RoundingMode.floor);
        Tensor place = tokensBN - (slot * shape.SlotTokens);
        Tensor row = place.div(shape.GridSide, rounding_mode: RoundingMode.floor);
        return stack([slot, row, place - (row * shape.GridSide)], 2).to(ScalarType.Float32);
    }
}
