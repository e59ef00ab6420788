namespace Unreel.Onnx;

/// <summary>Where tokens are. Shape letters: B clips, N tokens, D width, T slots, Y rows, X columns of cubes.</summary>
public static class Positions
{
    // PyTorch's bicubic coefficient, and the standard's default.
    private const float CubicCoefficient = -0.75f;

    /// <summary>
    /// The fixed position of each token, [1, N, D]: the weights' own [1, tokens, width] where they bring any, else the sinusoid. Where frames or
    /// size are open, the table of the trained grid is interpolated linearly in time and bicubically in space, cells' centres on cells' centres,
    /// edges repeated, as PyTorch's <c>interpolate</c> does with <c>align_corners=False</c>, with which users of these models resize positions
    /// before they fine-tune at another size. At the trained size the table comes out as it is.
    /// </summary>
    /// <param name="graph">The graph.</param>
    /// <param name="weights">Positions of their own, if any.</param>
    /// <param name="shape">The trained sizes.</param>
    /// <param name="options">What is open.</param>
    /// <param name="grid">The grid of the input.</param>
    public static Value Write(GraphBuilder graph, WeightScope weights, EncoderShape shape, GraphOptions options, CubeGrid grid)
    {
        if (!options.IsDynamic)
            return weights.Exists ? graph.Weight(weights, 1, shape.Tokens, shape.Width) : Sinusoid(graph, weights.Path, shape.Tokens, shape.Width);

        using var scope = graph.Scope(weights.Path);
        Value tableTDYX = Grid(graph, weights, shape);
        if (options.DynamicFrames)
            tableTDYX = ResizeTime(graph, tableTDYX, grid, shape);
        if (options.DynamicSize)
            tableTDYX = ResizeSpace(graph, tableTDYX, grid, shape);
        return graph.Node("Reshape", [graph.Node("Transpose", [tableTDYX], ("perm", (long[])[0, 2, 3, 1])), graph.Integers(1, -1, shape.Width)]);
    }

    /// <summary>The sinusoid as a constant [1, N, D].</summary>
    internal static Value Sinusoid(GraphBuilder graph, string name, int tokens, int width) =>
        graph.Computed(name, [1, tokens, width], () => Table(tokens, width));

    /// <summary>
    /// The fixed 1-D sinusoid [N, D] of VideoMAE: over the flattened (time, row, column) index, sine in even and
    /// cosine in odd columns, base 10000.
    /// </summary>
    public static float[] Table(int tokens, int width)
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

    // Pictures of positions, one for each number: the layout that Resize wants.
    private static Value Grid(GraphBuilder graph, WeightScope weights, EncoderShape shape)
    {
        Func<ReadOnlyMemory<float>> read = weights.Exists ? weights.Read(1, shape.Tokens, shape.Width) : () => Table(shape.Tokens, shape.Width);
        int places = shape.Side * shape.Side, width = shape.Width;
        return graph.Computed($"{weights.Path}.grid", [shape.Slots, width, shape.Side, shape.Side], () =>
        {
            ReadOnlySpan<float> table = read().Span;
            float[] grid = new float[table.Length];
            for (int token = 0; token < shape.Tokens; token++)
            {
                (int slot, int place) = Math.DivRem(token, places);
                for (int column = 0; column < width; column++)
                    grid[(((slot * width) + column) * places) + place] = table[(token * width) + column];
            }

            return grid;
        });
    }

    private static Value ResizeTime(GraphBuilder graph, Value tableTDYX, CubeGrid grid, EncoderShape shape)
    {
        int pictures = shape.Width * shape.Side * shape.Side;
        Value flat = graph.Node("Reshape", [tableTDYX, graph.Integers(1, 1, shape.Slots, pictures)]);
        Value sizes = graph.Node("Concat", [graph.Integers(1, 1), grid.Slots, graph.Integers(pictures)], ("axis", 0));
        Value resized = graph.Node("Resize", [flat, default, default, sizes], ("mode", "linear"), ("coordinate_transformation_mode", "half_pixel"));
        return graph.Node("Reshape", [resized, graph.Integers(-1, shape.Width, shape.Side, shape.Side)]);
    }

    private static Value ResizeSpace(GraphBuilder graph, Value tableTDYX, CubeGrid grid, EncoderShape shape)
    {
        Value sizes = graph.Node("Concat", [grid.Slots, graph.Integers(shape.Width), grid.Rows, grid.Columns], ("axis", 0));
        return graph.Node(
            "Resize",
            [tableTDYX, default, default, sizes],
            ("mode", "cubic"),
            ("coordinate_transformation_mode", "half_pixel"),
            ("cubic_coeff_a", CubicCoefficient));
    }
}
