namespace Unreel.Onnx;

/// <summary>How many cubes a clip has along time, rows and columns, as values of the graph where it is not fixed.</summary>
public sealed record CubeGrid
{
    /// <summary>Cubes along time, int64 [1].</summary>
    internal Value Slots { get; private init; }

    /// <summary>Cubes along rows, int64 [1].</summary>
    internal Value Rows { get; private init; }

    /// <summary>Cubes along columns, int64 [1].</summary>
    internal Value Columns { get; private init; }

    private bool IsDynamic { get; init; }

    /// <summary>Writes what the grid of an input needs: nothing where it is fixed.</summary>
    public static CubeGrid Of(GraphBuilder graph, Value videoBTYXC, EncoderShape shape, GraphOptions options)
    {
        if (!options.IsDynamic)
            return new CubeGrid();

        using var scope = graph.Scope("grid");
        return new CubeGrid
        {
            IsDynamic = true,
            Slots = options.DynamicFrames ? Count(1, shape.Tubelet) : graph.Integers(shape.Slots),
            Rows = options.DynamicSize ? Count(2, shape.Patch) : graph.Integers(shape.Side),
            Columns = options.DynamicSize ? Count(3, shape.Patch) : graph.Integers(shape.Side),
        };

        Value Count(int axis, int cube) => graph.Node("Div", [graph.Node("Shape", [videoBTYXC], ("start", axis), ("end", axis + 1)), graph.Integers(cube)]);
    }

    /// <summary>The shape [B, slots, tubelet, rows, patch, columns, patch x channels] for Reshape. The batch is copied, so that clips never mix.</summary>
    internal Value Cut(GraphBuilder graph, EncoderShape shape) => !IsDynamic
        ? graph.Integers(0, shape.Slots, shape.Tubelet, shape.Side, shape.Patch, shape.Side, shape.Patch * EncoderShape.Channels)
        : graph.Node(
            "Concat",
            [
                graph.Integers(0), Slots, graph.Integers(shape.Tubelet), Rows, graph.Integers(shape.Patch), Columns,
                graph.Integers(shape.Patch * EncoderShape.Channels),
            ],
            ("axis", 0));
}
