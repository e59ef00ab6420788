using TorchSharp;
using static TorchSharp.torch;

namespace Unreel.Modeling;

/// <summary>
/// The pixels of the cube, for each cube and channel less their mean, over their unbiased standard deviation plus 1e-6
/// (VideoMAE's default), ordered (frame, row, column, channel).
/// </summary>
internal sealed class NormalisedPixels : ValueTarget, IDrawnTarget
{
    private const double Epsilon = 1e-6;

    public override string Name => "normalised_pixels";

    public override int Values(VideoTransformerShape shape) => shape.CubeValues;

    public override Tensor Compute(VideoTransformerShape shape, Tensor cubesBNC, Tensor maskedBM)
    {
        if (CubeStatistics.Suits(cubesBNC))
            return CubeStatistics.Normalised(cubesBNC, maskedBM, Epsilon);

        using DisposeScope scope = NewDisposeScope();
        Tensor pixelsBMC = ClipTensor.Unit(ClipTensor.Select(cubesBNC, maskedBM));
        (Tensor mean, Tensor deviation) = Statistics(pixelsBMC);
        return ((Channels(pixelsBMC) - mean) / deviation).view(pixelsBMC.shape).MoveToOuterDisposeScope();
    }

    public IReadOnlyList<Drawing> Draw(Tensor predictedBMC, TargetBatch batch, Tensor visibleBV) =>
    [
        new Drawing("predicted", "mean and deviation of each original cube", PutBack(predictedBMC, Statistics(ClipTensor.Unit(ClipTensor.Select(batch.CubesBNC, batch.MaskedBM))))),
        new Drawing("predicted, mean and deviation guessed from visible cubes nearby", null, PutBack(predictedBMC, NearbyStatistics.Guess(batch, visibleBV))),
    ];

    private static Tensor PutBack(Tensor predictedBMC, (Tensor Mean, Tensor Deviation) statistics) =>
        ((Channels(predictedBMC) * statistics.Deviation) + statistics.Mean).view(predictedBMC.shape);

    /// <summary>Mean and deviation of each cube and channel, [B, M, 1, 3]: what a picture must put back.</summary>
    public static (Tensor Mean, Tensor Deviation) Statistics(Tensor pixelsBMC)
    {
        Tensor channels = Channels(pixelsBMC);
        return (channels.mean([2], keepdim: true), channels.std([2], unbiased: true, keepdim: true) + Epsilon);
    }

    /// <summary>From [B, M, C] to [B, M, pixel, channel].</summary>
    public static Tensor Channels(Tensor pixelsBMC) => pixelsBMC.view(pixelsBMC.shape[0], pixelsBMC.shape[1], -1, 3);
}
