using TorchSharp;
using static TorchSharp.torch;

namespace Unreel.Modeling;

/// <summary>
/// Histograms of oriented gradients (Wei et al., "Masked Feature Prediction", 2022): of a cube's first frame, for every cell of 8 x 8 pixels
/// and every channel, 9 bins of unsigned orientation weighted by magnitude and of Euclidean length 1; ordered (channel, bin, cell row,
/// cell column), 108 numbers for a patch of 16.
/// </summary>
/// <remarks>Gradients are Sobel's, over the whole frame, whose borders are mirrored without repeating the edge.</remarks>
internal sealed class HistogramsOfGradients : ValueTarget, IDrawnTarget
{
    /// <summary>Side of a cell in pixels, and bins of its histogram.</summary>
    internal const int Cell = 8, Bins = 9;

    private const int Channels = 3;
    private const double Epsilon = 1e-12;

    public override string Name => "hog";

    public override int Values(VideoTransformerShape shape)
    {
        int cells = Cells(shape);
        return Channels * Bins * cells * cells;
    }

    public override Tensor Compute(VideoTransformerShape shape, Tensor cubesBNC, Tensor maskedBM)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor histogramsFKcHW = Histograms(Frames(shape, cubesBNC));
        return ClipTensor.Select(ByToken(shape, histogramsFKcHW, cubesBNC.shape[0]), maskedBM).MoveToOuterDisposeScope();
    }

    public IReadOnlyList<Drawing> Draw(Tensor predictedBMC, TargetBatch batch, Tensor visibleBV) =>
    [
        new Drawing("gradients of the original", null, GradientStrokes.Draw(batch.Shape, Compute(batch.Shape, batch.CubesBNC, batch.MaskedBM))),
        new Drawing("predicted gradients", null, GradientStrokes.Draw(batch.Shape, predictedBMC)),
    ];

    private int Cells(VideoTransformerShape shape) => shape.PatchSize % Cell == 0
        ? shape.PatchSize / Cell
        : throw new ModelException($"The target '{Name}' needs patches of a multiple of {Cell} pixels, found {shape.PatchSize}.");

    // The first frame of each slot, as images [B x slots, channel, row, column], 0 to 255: their sums are exact, so that no rounding
    // decides on which side of an edge between bins a gradient lies. Histograms do not depend on the scale.
    private static Tensor Frames(VideoTransformerShape shape, Tensor cubesBNC)
    {
        long images = cubesBNC.shape[0] * shape.Slots;
        Tensor first = cubesBNC.view(images, shape.GridSide, shape.GridSide, shape.TubeletSize, -1).select(3, 0).to(ScalarType.Float32);
        return first.view(images, shape.GridSide, shape.GridSide, shape.PatchSize, shape.PatchSize, Channels)
            .permute(0, 5, 1, 3, 2, 4).reshape(images, Channels, shape.ImageSize, shape.ImageSize);
    }

    /// <summary>From images [F, channel, row, column] to histograms [F, channel, bin, cell row, cell column].</summary>
    internal static Tensor Histograms(Tensor images)
    {
        Tensor smoothDown = Weighted(Mirrored(images, 2), 2, 1, 2, 1), smoothAcross = Weighted(Mirrored(images, 3), 3, 1, 2, 1);
        Tensor across = Weighted(Mirrored(smoothDown, 3), 3, 1, 0, -1), down = Weighted(Mirrored(smoothAcross, 2), 2, 1, 0, -1);
        Tensor magnitude = (across * across + down * down).sqrt();
        Tensor bin = (across.atan2(down) * (Bins / Math.PI)).floor().remainder(Bins);
        Tensor[] bins = [.. Enumerable.Range(0, Bins).Select(k => SumCells(magnitude * bin.eq(k).to(ScalarType.Float32)))];
        Tensor histograms = stack(bins, 2);
        return histograms / histograms.square().sum([2], keepdim: true).sqrt().clamp_min(Epsilon);
    }

    // One more row or column on either side, the second and the last but one.
    private static Tensor Mirrored(Tensor images, int dimension) =>
        cat([images.narrow(dimension, 1, 1), images, images.narrow(dimension, images.shape[dimension] - 2, 1)], dimension);

    private static Tensor Weighted(Tensor padded, int dimension, double before, double here, double after)
    {
        long length = padded.shape[dimension] - 2;
        return (padded.narrow(dimension, 0, length) * before) + (padded.narrow(dimension, 1, length) * here) + (padded.narrow(dimension, 2, length) * after);
    }

    private static Tensor SumCells(Tensor images) =>
        images.view(images.shape[0], Channels, images.shape[2] / Cell, Cell, images.shape[3] / Cell, Cell).sum([3, 5]);

    private Tensor ByToken(VideoTransformerShape shape, Tensor histograms, long clips)
    {
        int cells = Cells(shape);
        return histograms.view(-1, Channels, Bins, shape.GridSide, cells, shape.GridSide, cells)
            .permute(0, 3, 5, 1, 2, 4, 6).reshape(clips, shape.Tokens, Values(shape));
    }
}
