using Unreel.Onnx.Format;

namespace Unreel.Onnx.Tests;

public sealed class OperatorVersionTests
{
    [Theory]
    [InlineData("Gelu", 19, 20)]
    [InlineData("Attention", 22, 23)]
    [InlineData("RMSNormalization", 17, 23)]
    [InlineData("Swish", 23, 24)]
    public void An_operator_that_came_later_is_refused(string name, int opset, int needed)
    {
        OpsetException problem = Assert.Throws<OpsetException>(() => Graph(opset, (graph, x) => graph.Node(name, [x])));

        Assert.Equal($"Node '{name}': operator '{name}' needs opset {needed}, found opset {opset}", problem.Message);
        OperatorVersions.Check(new NodeProto { OpType = name }, needed);
    }

    [Fact]
    public void An_attribute_that_came_later_is_refused()
    {
        OpsetException problem = Assert.Throws<OpsetException>(() => Graph(17, (graph, x) => graph.Nodes("Split", [x], 2, ("num_outputs", 2))[0]));

        Assert.Equal("Node 'Split': operator 'Split' with the attribute 'num_outputs' needs opset 18, found opset 17", problem.Message);
    }

    [Fact]
    public void Axes_became_an_input()
    {
        OpsetException early = Assert.Throws<OpsetException>(() => Graph(17, (graph, x) => graph.Node("ReduceMean", [x, graph.Integers(1)])));
        GraphException late = Assert.Throws<GraphException>(() => Graph(18, (graph, x) => graph.Node("ReduceMean", [x], ("axes", (long[])[1]))));

        Assert.Equal("Node 'ReduceMean': operator 'ReduceMean' with axes as an input needs opset 18, found opset 17", early.Message);
        Assert.Equal("Node 'ReduceMean': operator 'ReduceMean' has its axes as an attribute until opset 17, found opset 18", late.Message);
    }

    [Fact]
    public void Other_domains_have_opsets_of_their_own() =>
        Assert.NotNull(Graph(17, (graph, x) => graph.Node("com.microsoft.Gelu", [x]), GraphFlavour.Ort));

    [Fact]
    public void A_portable_graph_has_standard_operators_only()
    {
        GraphException problem = Assert.Throws<GraphException>(() => Graph(17, (graph, x) => graph.Node("com.microsoft.Gelu", [x])));

        Assert.Equal("Node 'Gelu': operator 'Gelu' of 'com.microsoft' is not of the standard, and the graph is to be portable", problem.Message);
    }

    [Theory]
    [MemberData(nameof(Forms))]
    public void Graphs_name_the_opset_they_are_written_in(GraphFlavour flavour, int opset)
    {
        ModelDescription model = ClassifierGraph.Write(
            TinyClassifier.Shape, TinyClassifier.Weights(), TinyClassifier.Contract(), new GraphOptions { Style = new GraphStyle(flavour, opset) }).Describe();

        Assert.Equal(opset, model.Opsets["ai.onnx"]);
        Assert.Equal(flavour == GraphFlavour.Ort, model.Opsets.ContainsKey("com.microsoft"));
        Assert.Equal(flavour == GraphFlavour.Ort, model.Operators.ContainsKey("com.microsoft.MultiHeadAttention"));
        Assert.Equal(flavour == GraphFlavour.Portable && opset >= 23, model.Operators.ContainsKey("Attention"));
        Assert.Equal(flavour == GraphFlavour.Portable && opset < 20, model.Operators.ContainsKey("Erf"));
    }

    public static TheoryData<GraphFlavour, int> Forms => Styles.Data;

    private static OnnxDocument Graph(int opset, Func<GraphBuilder, Value, Value> write, GraphFlavour flavour = GraphFlavour.Portable)
    {
        var graph = new GraphBuilder("test", new GraphStyle(flavour, opset));
        graph.Output("y", write(graph, graph.Input("x", ElementType.Float, 4, 6)), ElementType.Float, 4, 6);
        return graph.Build();
    }
}
