namespace Unreel.Onnx;

/// <summary>From video bytes to tokens. Shape letters: B clips, C channels, T frames, Y rows, X columns, N tokens, D width.</summary>
public static class VideoInput
{
    /// <summary>
    /// Brings uint8 [B, T, Y, X, C] in 0..255 to float [B, C, T, Y, X]: (value / 255 - mean) / std for each channel,
    /// written as one product and one sum; with <paramref name="centreOverTime"/>, each pixel's mean over the frames is subtracted first.
    /// </summary>
    public static Value Normalise(GraphBuilder graph, Value videoBTYXC, IReadOnlyList<float> mean, IReadOnlyList<float> std, bool centreOverTime = false)
    {
        const int channels = EncoderShape.Channels;
        using var scope = graph.Scope("preprocessing");
        float[] scale = [.. Scales(std).Select(value => (float)value)];
        float[] shift = [.. Shifts(mean, std).Select(value => (float)value)];

        // Bytes are moved before they become floats: a quarter of the memory traffic.
        Value bytesBCTYX = graph.Node("Transpose", [videoBTYXC], ("perm", (long[])[0, 4, 1, 2, 3]));
        Value floatsBCTYX = graph.Node("Cast", [bytesBCTYX], ("to", (long)ElementType.Float));
        if (centreOverTime)
            floatsBCTYX = graph.Node("Sub", [floatsBCTYX, graph.Mean(floatsBCTYX, axis: 2, keep: true)]);

        Value scaled = graph.Node("Mul", [floatsBCTYX, graph.Floats("preprocessing/scale", [channels, 1, 1, 1], scale)]);
        return graph.Node("Add", [scaled, graph.Floats("preprocessing/shift", [channels, 1, 1, 1], shift)]);
    }

    /// <summary>Cuts [B, C, T, Y, X] into cubes and projects each: <c>proj.weight</c> [D, C, tubelet, patch, patch] gives a grid [B, D, slots, rows, columns].</summary>
    public static Value PatchEmbedding(GraphBuilder graph, Value xBCTYX, WeightScope weights, EncoderShape shape)
    {
        using var scope = graph.Scope(weights.Path);
        long[] cube = [shape.Tubelet, shape.Patch, shape.Patch];
        Value weight = graph.Weight(weights["proj.weight"], shape.Width, EncoderShape.Channels, shape.Tubelet, shape.Patch, shape.Patch);
        Value bias = graph.Weight(weights["proj.bias"], shape.Width);
        return graph.Node("Conv", [xBCTYX, weight, bias], ("kernel_shape", cube), ("strides", cube));
    }

    /// <summary>Lines a grid [B, D, slots, rows, columns] up as tokens [B, N, D].</summary>
    public static Value Tokens(GraphBuilder graph, Value gridBDTYX, WeightScope weights, EncoderShape shape)
    {
        using var scope = graph.Scope(weights.Path);
        Value xBDN = graph.Node("Reshape", [gridBDTYX, graph.Integers(0, shape.Width, -1)]);
        return graph.Named(weights.Path, graph.Node("Transpose", [xBDN], ("perm", (long[])[0, 2, 1])));
    }

    /// <summary>
    /// From bytes [B, T, Y, X, C] to tokens [B, N, D] as one product of cubes and weights, with the normalisation folded into the weights:
    /// bytes are all that is moved.
    /// </summary>
    internal static Value CubeEmbedding(GraphBuilder graph, Value videoBTYXC, WeightScope weights, EncoderShape shape)
    {
        using var scope = graph.Scope(weights.Path);
        Value cubesBNK = Cubes(graph, shape.CentreOverTime ? Centred(graph, videoBTYXC) : videoBTYXC, shape);
        Value floatsBNK = shape.CentreOverTime ? cubesBNK : graph.Node("Cast", [cubesBNK], ("to", (long)ElementType.Float));
        var folded = new FoldedEmbedding(weights, shape);
        Value product = graph.Node("MatMul", [floatsBNK, graph.Computed($"{weights.Path}.proj.weight.folded", [shape.CubeValues, shape.Width], folded.Weight)]);
        return graph.Named(weights.Path, graph.Node("Add", [product, graph.Computed($"{weights.Path}.proj.bias.folded", [shape.Width], folded.Bias)]));
    }

    /// <summary>Cuts [B, T, Y, X, C] into cubes [B, N, K] of any type, values ordered (frame, row, column, channel).</summary>
    internal static Value Cubes(GraphBuilder graph, Value videoBTYXC, EncoderShape shape)
    {
        Value cut = graph.Node("Reshape", [videoBTYXC, graph.Integers(-1, shape.Slots, shape.Tubelet, shape.Side, shape.Patch, shape.Side, shape.Patch * EncoderShape.Channels)]);
        Value moved = graph.Node("Transpose", [cut], ("perm", (long[])[0, 1, 3, 5, 2, 4, 6]));
        return graph.Node("Reshape", [moved, graph.Integers(-1, shape.Tokens, shape.CubeValues)]);
    }

    /// <summary>What bytes are multiplied by, for each channel.</summary>
    internal static double[] Scales(IReadOnlyList<float> std) => [.. std.Select(deviation => 1 / (255.0 * deviation))];

    /// <summary>What is added then, for each channel.</summary>
    internal static double[] Shifts(IReadOnlyList<float> mean, IReadOnlyList<float> std) => [.. mean.Zip(std, (average, deviation) => -(double)average / deviation)];

    private static Value Centred(GraphBuilder graph, Value videoBTYXC)
    {
        Value floats = graph.Node("Cast", [videoBTYXC], ("to", (long)ElementType.Float));
        return graph.Node("Sub", [floats, graph.Mean(floats, axis: 1, keep: true)]);
    }
}
