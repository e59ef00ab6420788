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
        const int channels = ClassifierShape.Channels;
        using var scope = graph.Scope("preprocessing");
        float[] scale = [.. std.Select(deviation => (float)(1 / (255.0 * deviation)))];
        float[] shift = [.. mean.Zip(std, (average, deviation) => (float)(-(double)average / deviation))];

        // Bytes are moved before they become floats: a quarter of the memory traffic.
        Value bytesBCTYX = graph.Node("Transpose", [videoBTYXC], ("perm", (long[])[0, 4, 1, 2, 3]));
        Value floatsBCTYX = graph.Node("Cast", [bytesBCTYX], ("to", (long)ElementType.Float));
        if (centreOverTime)
            floatsBCTYX = graph.Node("Sub", [floatsBCTYX, graph.Node("ReduceMean", [floatsBCTYX], ("axes", (long[])[2]), ("keepdims", 1))]);

        Value scaled = graph.Node("Mul", [floatsBCTYX, graph.Floats("preprocessing/scale", [channels, 1, 1, 1], scale)]);
        return graph.Node("Add", [scaled, graph.Floats("preprocessing/shift", [channels, 1, 1, 1], shift)]);
    }

    /// <summary>Cuts [B, C, T, Y, X] into cubes and projects each: <c>proj.weight</c> [D, C, tubelet, patch, patch] gives [B, N, D].</summary>
    public static Value PatchEmbedding(GraphBuilder graph, Value xBCTYX, WeightScope weights, ClassifierShape shape)
    {
        using var scope = graph.Scope(weights.Path);
        long[] cube = [shape.Tubelet, shape.Patch, shape.Patch];
        Value weight = graph.Weight(weights["proj.weight"], shape.Width, ClassifierShape.Channels, shape.Tubelet, shape.Patch, shape.Patch);
        Value bias = graph.Weight(weights["proj.bias"], shape.Width);
        Value xBDTYX = graph.Node("Conv", [xBCTYX, weight, bias], ("kernel_shape", cube), ("strides", cube));
        return graph.Named(weights.Path, graph.Node("Transpose", [graph.Node("Reshape", [xBDTYX, graph.Integers(0, shape.Width, -1)])], ("perm", (long[])[0, 2, 1])));
    }

    /// <summary>Adds the fixed position of each token: the weights' own where they bring any, else the sinusoid.</summary>
    public static Value AddPositions(GraphBuilder graph, Value xBND, WeightScope weights, ClassifierShape shape)
    {
        Value positions = weights.Exists
            ? graph.Weight(weights, 1, shape.Tokens, shape.Width)
            : graph.Floats("pos_embed", [1, shape.Tokens, shape.Width], Positions(shape.Tokens, shape.Width));
        return graph.Node("Add", [xBND, positions]);
    }

    /// <summary>
    /// The fixed 1-D sinusoid [N, D] of VideoMAE: over the flattened (time, row, column) index, sine in even and
    /// cosine in odd columns, base 10000.
    /// </summary>
    public static float[] Positions(int tokens, int width)
    {
        float[] table = new float[tokens * width];
        for (int column = 0; column < width; column++)
        {
            double rate = Math.Pow(10000, -2.0 * (column / 2) / width);
            for (int token = 0; token < tokens; token++)
            {
                double angle = token * rate;
                table[(token * width) + column] = (float)(column % 2 == 0 ? Math.Sin(angle) : Math.Cos(angle));
            }
        }

        return table;
    }
}
