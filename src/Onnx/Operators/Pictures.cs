namespace Unreel.Onnx;

/// <summary>From predicted cubes to video bytes. Shape letters: B clips, V visible tokens, N tokens, C values of a cube, P pixels of a cube, S colours.</summary>
internal static class Pictures
{
    private const float Largest = 255;
    private const float Epsilon = 1e-6f;

    /// <summary>The video with hidden cubes as predicted, uint8 [B, T, Y, X, 3].</summary>
    internal static Value Write(GraphBuilder graph, Value videoBTYXS, Value visibleBV, Value predictedBNC, AutoencoderShape shape, CubeGrid grid)
    {
        using var scope = graph.Scope("picture");
        Value bytesBNC = VideoInput.Cubes(graph, videoBTYXS, shape, grid);
        Value unitBNC = predictedBNC;
        if (shape.Target == CubeTarget.NormalisedPixels)
            unitBNC = PutBack(graph, predictedBNC, ReconstructionGraph.Take(graph, bytesBNC, visibleBV), visibleBV, shape);
        Value drawnBNC = graph.Node("Round", [graph.Node("Mul", [unitBNC, graph.Scalar(Largest)])]);
        Value clippedBNC = graph.Node("Clip", [drawnBNC, graph.Scalar(0), graph.Scalar(Largest)]);
        Value pictureBNC = graph.Node("Where", [IsVisible(graph, visibleBV, shape), bytesBNC, graph.Node("Cast", [clippedBNC], ("to", (long)ElementType.UInt8))]);
        return Restore(graph, pictureBNC, shape);
    }

    private static Value Restore(GraphBuilder graph, Value cubesBNC, AutoencoderShape shape)
    {
        Value cut = graph.Node("Reshape", [cubesBNC, graph.Integers(0, shape.Slots, shape.Side, shape.Side, shape.Tubelet, shape.Patch, shape.Patch * EncoderShape.Channels)]);
        Value moved = graph.Node("Transpose", [cut], ("perm", (long[])[0, 1, 4, 2, 5, 3, 6]));
        return graph.Node("Reshape", [moved, graph.Integers(0, shape.Frames, shape.Size, shape.Size, EncoderShape.Channels)]);
    }

    // Whether each token is visible, [B, N, 1].
    private static Value IsVisible(GraphBuilder graph, Value visibleBV, AutoencoderShape shape)
    {
        Value batch = graph.Node("Shape", [visibleBV], ("start", 0), ("end", 1));
        Value none = graph.Node("Expand", [graph.Scalar(0), graph.Node("Concat", [batch, graph.Integers(shape.Tokens)], ("axis", 0))]);
        Value ones = graph.Node("Expand", [graph.Scalar(1), graph.Node("Shape", [visibleBV])]);
        Value flags = graph.Node("Cast", [graph.Node("ScatterElements", [none, visibleBV, ones], ("axis", 1))], ("to", (long)ElementType.Bool));
        return graph.Node("Unsqueeze", [flags, graph.Integers(-1)]);
    }

    // Gives normalised cubes a mean and a deviation: those of visible cubes, weighted by exp(-d^2 / 2), d the distance in cubes.
    private static Value PutBack(GraphBuilder graph, Value predictedBNC, Value visibleBVC, Value visibleBV, AutoencoderShape shape)
    {
        (Value meanBVS, Value deviationBVS) = Statistics(graph, visibleBVC, shape);
        Value weightsBNV = Nearness(graph, visibleBV, shape);
        Value predictedBNPS = graph.Node("Reshape", [predictedBNC, graph.Integers(0, 0, -1, EncoderShape.Channels)]);
        Value scaled = graph.Node("Mul", [predictedBNPS, Weighted(deviationBVS)]);
        return graph.Node("Reshape", [graph.Node("Add", [scaled, Weighted(meanBVS)]), graph.Integers(0, 0, shape.CubeValues)]);

        Value Weighted(Value valuesBVS) => graph.Node("Unsqueeze", [graph.Node("MatMul", [weightsBNV, valuesBVS]), graph.Integers(2)]);
    }

    // Mean and unbiased deviation of cubes' channels from 0 to 1, [B, V, S].
    private static (Value Mean, Value Deviation) Statistics(GraphBuilder graph, Value bytesBVC, AutoencoderShape shape)
    {
        int pixels = shape.CubeValues / EncoderShape.Channels;
        Value unitBVC = graph.Node("Div", [graph.Node("Cast", [bytesBVC], ("to", (long)ElementType.Float)), graph.Scalar(Largest)]);
        Value unitBVPS = graph.Node("Reshape", [unitBVC, graph.Integers(0, 0, pixels, EncoderShape.Channels)]);
        Value meanBV1S = graph.Mean(unitBVPS, axis: 2, keep: true);
        Value apart = graph.Node("Sub", [unitBVPS, meanBV1S]);
        Value variance = graph.Node("Mul", [graph.Mean(graph.Node("Mul", [apart, apart]), axis: 2, keep: false), graph.Scalar((float)pixels / (pixels - 1))]);
        return (graph.Node("Squeeze", [meanBV1S, graph.Integers(2)]), graph.Node("Add", [graph.Node("Sqrt", [variance]), graph.Scalar(Epsilon)]));
    }

    // Softmax of -d^2 / 2 over the visible tokens, [B, N, V]. The squares of a token's own place fall out of a softmax: what is left is a product.
    private static Value Nearness(GraphBuilder graph, Value visibleBV, AutoencoderShape shape)
    {
        Value placesN3 = graph.Computed("picture/places", [shape.Tokens, 3], () => Places(shape));
        Value visibleBV3 = graph.Node("Gather", [placesN3, visibleBV], ("axis", 0));
        Value products = graph.Node("MatMul", [placesN3, graph.Node("Transpose", [visibleBV3], ("perm", (long[])[0, 2, 1]))]);
        Value squares = graph.Node("Mul", [graph.Node("ReduceSum", [graph.Node("Mul", [visibleBV3, visibleBV3]), graph.Integers(-1)], ("keepdims", 0)), graph.Scalar(0.5f)]);
        return graph.Node("Softmax", [graph.Node("Sub", [products, graph.Node("Unsqueeze", [squares, graph.Integers(1)])])], ("axis", -1));
    }

    private static float[] Places(AutoencoderShape shape)
    {
        float[] places = new float[3 * shape.Tokens];
        for (int token = 0; token < shape.Tokens; token++)
        {
            places[3 * token] = token / (shape.Side * shape.Side);
            places[(3 * token) + 1] = token / shape.Side % shape.Side;
            places[(3 * token) + 2] = token % shape.Side;
        }

        return places;
    }
}
