namespace Unreel.Onnx;

/// <summary>
/// From video bytes to tokens. Shape letters: B clips, T frames, Y rows, X columns, C channels, N tokens, K values of a cube, D width.
/// </summary>
public static class VideoInput
{
    /// <summary>
    /// From bytes [B, T, Y, X, C] to tokens [B, N, D]: (value / 255 - mean) / std for each channel, then a convolution whose kernel
    /// <c>proj.weight</c> [D, C, tubelet, patch, patch] equals its stride. Both are one product of cubes and weights, with the normalisation
    /// folded into the weights, so that bytes are all that is moved. With <see cref="EncoderShape.CentreOverTime"/>, each pixel's mean over the
    /// frames is subtracted first.
    /// </summary>
    public static Value PatchEmbedding(GraphBuilder graph, Value videoBTYXC, WeightScope weights, EncoderShape shape, CubeGrid grid)
    {
        using var scope = graph.Scope(weights.Path);
        Value floatsBNK = shape.CentreOverTime
            ? Cubes(graph, Centred(graph, videoBTYXC), shape, grid)
            : graph.Node("Cast", [Cubes(graph, videoBTYXC, shape, grid)], ("to", (long)ElementType.Float));
        var folded = new FoldedEmbedding(weights, shape);
        Value product = graph.Node("MatMul", [floatsBNK, graph.Computed($"{weights.Path}.proj.weight.folded", [shape.CubeValues, shape.Width], folded.Weight)]);
        return graph.Named(weights.Path, graph.Node("Add", [product, graph.Computed($"{weights.Path}.proj.bias.folded", [shape.Width], folded.Bias)]));
    }

    /// <summary>
    /// Cuts [B, T, Y, X, C] of any type into cubes [B, N, K], values ordered (frame, row, column, channel). What is no whole number of cubes
    /// cannot be reshaped, and is refused when the graph runs.
    /// </summary>
    internal static Value Cubes(GraphBuilder graph, Value videoBTYXC, EncoderShape shape, CubeGrid grid)
    {
        Value cut = graph.Node("Reshape", [videoBTYXC, grid.Cut(graph, shape)]);
        Value moved = graph.Node("Transpose", [cut], ("perm", (long[])[0, 1, 3, 5, 2, 4, 6]));
        return graph.Node("Reshape", [moved, graph.Integers(0, -1, shape.CubeValues)]);
    }

    private static Value Centred(GraphBuilder graph, Value videoBTYXC)
    {
        Value floats = graph.Node("Cast", [videoBTYXC], ("to", (long)ElementType.Float));
        return graph.Node("Sub", [floats, graph.Mean(floats, axis: 1, keep: true)]);
    }
}
