namespace Unreel.Onnx.Tests;

/// <summary>Graphs with a node that gets what its operator does not take: named, with what was expected and what was found.</summary>
public sealed class GraphCheckerTests
{
    private static readonly Dictionary<string, (Func<GraphBuilder, Value, Value> Write, string Complaint)> Wrong = new()
    {
        ["inner extents"] = ((g, x) => g.Node("MatMul", [x, Floats(g, 8, 4)]), "Node 'MatMul' (MatMul), input 1 'w8,4': expected 12 rows, as many as 'x' float [batch, 6, 12] has columns, found float [8, 4]"),
        ["broadcast"] = ((g, x) => g.Node("Add", [x, Floats(g, 5)]), "Node 'Add' (Add), input 1 'w5': expected extents that fit [batch, 6, 12], found float [5]"),
        ["types"] = ((g, x) => g.Node("Add", [x, g.Integers(1)]), "Node 'Add' (Add), input 1 'constants/[1]': expected float, found int64 [1]"),
        ["normalised extents"] = ((g, x) => g.Node("LayerNormalization", [x, Floats(g, 11), Floats(g, 12)], ("axis", -1)), "Node 'LayerNormalization' (LayerNormalization), input 1 'w11': expected [12], found float [11]"),
        ["elements"] = ((g, x) => g.Node("Reshape", [x, g.Integers(0, 5, 5)]), "Node 'Reshape' (Reshape), input 0 'x': expected as many elements as [0, 5, 5] holds, found float [batch, 6, 12]"),
        ["rest"] = ((g, x) => g.Node("Reshape", [Floats(g, 7, 2), g.Integers(-1, 4)]), "Node 'Reshape' (Reshape), input 0 'w7,2': expected as many elements as [-1, 4] holds, found float [7, 2]"),
        ["axis"] = ((g, x) => g.Node("Concat", [x, x], ("axis", 3)), "Node 'Concat' (Concat), axis 3 is not one of 3"),
        ["order"] = ((g, x) => g.Node("Transpose", [x], ("perm", (long[])[1, 0])), "Node 'Transpose' (Transpose), input 0 'x': expected as many extents as perm [1, 0] orders, found float [batch, 6, 12]"),
        ["parts"] = ((g, x) => g.Nodes("Split", [x], 5, ("axis", -1))[0], "Node 'Split' (Split), input 0 'x': expected an extent that 5 equal parts fill, found float [batch, 6, 12]"),
        ["joined"] = ((g, x) => g.Node("Concat", [x, Floats(g, 1, 5, 12)], ("axis", 0)), "Node 'Concat' (Concat), input 1 'w1,5,12': expected [?, 6, 12], found float [1, 5, 12]"),
        ["channels"] = ((g, x) => g.Node("Conv", [x, Floats(g, 4, 5, 1)]), "Node 'Conv' (Conv), input 0 'x': expected 5 as extent 1, found float [batch, 6, 12]"),
        ["bias"] = ((g, x) => g.Node("com.microsoft.BiasGelu", [x, Floats(g, 6)]), "Node 'BiasGelu' (BiasGelu), input 1 'w6': expected [12], found float [6]"),
        ["heads"] = ((g, x) => g.Node("com.microsoft.MultiHeadAttention", [x, x, x], ("num_heads", 5)), "Node 'MultiHeadAttention' (MultiHeadAttention), input 0 'x': expected a width of which 5 heads take equal parts, found float [batch, 6, 12]"),
        ["attribute"] = ((g, x) => g.Node("com.microsoft.MultiHeadAttention", [x, x, x]), "Node 'MultiHeadAttention' (MultiHeadAttention), attribute 'num_heads' is missing"),
        ["bytes"] = ((g, x) => g.Node("MatMulInteger", [x, x]), "Node 'MatMulInteger' (MatMulInteger), input 0 'x': expected uint8 or int8, found float [batch, 6, 12]"),
        ["scales"] = ((g, x) => g.Node("QuantizeLinear", [x, Floats(g, 5)], ("axis", 1)), "Node 'QuantizeLinear' (QuantizeLinear), input 1 'w5': expected [6], found float [5]"),
        ["opset"] = ((g, x) => g.Node("Gelu", [x]), "Node 'Gelu': operator 'Gelu' needs opset 20, found opset 17"),
        ["axes as an input"] = ((g, x) => g.Node("ReduceMean", [x, g.Integers(1)]), "Node 'ReduceMean': operator 'ReduceMean' with axes as an input needs opset 18, found opset 17"),
        ["an input left out"] = ((g, x) => g.Node("MatMul", [x]), "Node 'MatMul' (MatMul), input 1 is missing"),
    };

    public static TheoryData<string> Names => [.. Wrong.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public void What_an_operator_does_not_take_is_named(string what)
    {
        var graph = new GraphBuilder("test", new GraphStyle(GraphFlavour.Ort));
        Value x = graph.Input("x", ElementType.Float, "batch", 6, 12);
        graph.Output("y", Wrong[what].Write(graph, x), ElementType.Float);

        Assert.Equal(Wrong[what].Complaint, Assert.ThrowsAny<GraphException>(graph.Build).Message);
    }

    [Theory]
    [InlineData(ElementType.Float, 12, "Output 'y' is declared float [batch, 12], found float [batch, 6]")]
    [InlineData(ElementType.Float16, 6, "Output 'y' is declared float16 [batch, 6], found float [batch, 6]")]
    public void An_output_is_what_it_is_declared(ElementType type, int width, string complaint)
    {
        var graph = new GraphBuilder("test");
        graph.Output("y", graph.Node("Neg", [graph.Input("x", ElementType.Float, "batch", 6)]), type, "batch", width);

        Assert.Equal(complaint, Assert.Throws<GraphException>(graph.Build).Message);
    }

    [Fact]
    public void Axes_as_an_attribute_are_refused_where_the_opset_takes_them_as_an_input()
    {
        var graph = new GraphBuilder("test", new GraphStyle(GraphFlavour.Portable, 18));
        graph.Output("y", graph.Node("ReduceMean", [graph.Input("x", ElementType.Float, "batch", 6)], ("axes", (long[])[1])), ElementType.Float);

        Assert.Contains("has its axes as an attribute until opset 17, found opset 18", Assert.Throws<GraphException>(graph.Build).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void What_an_unknown_operator_makes_is_unknown_and_no_fault()
    {
        var graph = new GraphBuilder("test", new GraphStyle(GraphFlavour.Ort));
        Value made = graph.Node("org.example.Unheard", [graph.Input("x", ElementType.Float, "batch", 6)]);
        graph.Output("y", graph.Node("MatMul", [graph.Node("Add", [made, Floats(graph, 5)]), Floats(graph, 6, 4)]), ElementType.Float, "batch", 4);

        Assert.Equal(3, graph.Build().Model.Graph.Node.Count);
    }

    [Fact]
    public void Weights_are_not_read()
    {
        var graph = new GraphBuilder("test");
        Value w = graph.Computed("w", [6, 4], () => throw new InvalidOperationException("A weight was read"));
        graph.Output("y", graph.Node("MatMul", [graph.Input("x", ElementType.Float, "batch", 6), w]), ElementType.Float, "batch", 4);

        Assert.Single(graph.Build().Initializers);
    }

    private static Value Floats(GraphBuilder graph, params long[] shape) =>
        graph.Computed($"w{string.Join(',', shape)}", shape, () => throw new InvalidOperationException("A weight was read"));
}
