using TorchSharp;
using static TorchSharp.torch;

namespace Unreel.Modeling;

/// <summary>Draws histograms of gradients: in every cell one stroke a bin, along the edges that have this gradient, as bright as the bin is full.</summary>
internal static class GradientStrokes
{
    /// <summary>Draws, each channel in its colour, the same in all frames of a cube.</summary>
    /// <param name="shape">The sizes.</param>
    /// <param name="histogramsBMC">Ordered (channel, bin, cell row, cell column).</param>
    /// <returns>Pixels [B, M, values of a cube].</returns>
    public static Tensor Draw(VideoTransformerShape shape, Tensor histogramsBMC)
    {
        using DisposeScope scope = NewDisposeScope();
        (int side, int bins) = (HistogramsOfGradients.Cell, HistogramsOfGradients.Bins);
        (long clips, long tokens, int cells) = (histogramsBMC.shape[0], histogramsBMC.shape[1], shape.PatchSize / side);
        Tensor strokes = tensor(Strokes(side, bins), [bins, side * side], device: histogramsBMC.device);
        Tensor binsLast = histogramsBMC.clamp_min(0).view(clips * tokens, 3, bins, cells, cells).permute(0, 3, 4, 1, 2);
        Tensor frame = matmul(binsLast, strokes).view(clips * tokens, cells, cells, 3, side, side).permute(0, 1, 4, 2, 5, 3).reshape(clips, tokens, 1, -1);
        return frame.expand(clips, tokens, shape.TubeletSize, -1).reshape(clips, tokens, shape.CubeValues).MoveToOuterDisposeScope();
    }

    // A bin's angle is measured from the downward gradient to the one to the right; the stroke lies across the gradient.
    private static float[] Strokes(int side, int bins)
    {
        float[] strokes = new float[bins * side * side];
        for (int bin = 0; bin < bins; bin++)
        {
            (double sine, double cosine) = Math.SinCos((bin + 0.5) * Math.PI / bins);
            for (int pixel = 0; pixel < side * side; pixel++)
            {
                (double y, double x) = ((pixel / side) - ((side - 1) / 2.0), (pixel % side) - ((side - 1) / 2.0));
                strokes[(bin * side * side) + pixel] = (float)Math.Max(0, 1 - Math.Abs((x * sine) + (y * cosine)));
            }
        }

        return strokes;
    }
}
