using Microsoft.ML.OnnxRuntime;
using Unreel.Onnx.Format;

namespace Unreel.Onnx.Tests;

public sealed class GraphBuilderTests
{
    [Fact]
    public void Scopes_name_nodes_after_the_module()
    {
        var names = TinyClassifier.Document.Model.Graph.Node.Select(node => node.Name).ToHashSet();

        Assert.Contains("blocks.0.norm1/LayerNormalization", names);
        Assert.Contains("blocks.1.attn/Softmax", names);
        Assert.Contains("blocks.1.mlp.fc1/MatMul", names);
        Assert.Contains("patch_embed/MatMul", names);
    }

    [Fact]
    public void A_scope_ends_where_it_is_disposed_of()
    {
        var graph = new GraphBuilder("test");
        Value x = graph.Input("x", ElementType.Float, 1);

        using (graph.Scope("outer"))
        {
            using (graph.Scope("outer.inner"))
                x = graph.Node("Neg", [x]);
            x = graph.Node("Neg", [x]);
            x = graph.Node("Neg", [x]);
        }

        graph.Output("y", graph.Node("Neg", [x]), ElementType.Float, 1);

        Assert.Equal(["outer.inner/Neg", "outer/Neg", "outer/Neg_1", "Neg"], graph.Build().Model.Graph.Node.Select(node => node.Name));
    }

    [Fact]
    public void Equal_constants_and_repeated_weights_are_written_once()
    {
        var weights = new WeightSet();
        weights.Add("w", [2], new float[] { 1, 2 });
        var graph = new GraphBuilder("test");
        Value x = graph.Input("x", ElementType.Float, 2);
        Value w = graph.Weight(new WeightScope(weights)["w"], 2);

        Value sum = graph.Node("Add", [graph.Node("Add", [x, w]), graph.Weight(new WeightScope(weights)["w"], 2)]);
        Value scaled = graph.Node("Mul", [graph.Node("Mul", [sum, graph.Scalar(2)]), graph.Scalar(2)]);
        graph.Output("y", graph.Node("Reshape", [graph.Node("Reshape", [scaled, graph.Integers(1, 2)]), graph.Integers(1, 2)]), ElementType.Float, 1, 2);

        Assert.Equal(["w", "constants/2", "constants/[1,2]"], graph.Build().Initializers.Select(tensor => tensor.Name));
        Assert.Equal([4f * 3, 4f * 5], OnnxRun.Once(graph, [1, 1], 2));
    }

    [Fact]
    public void Weights_are_lent_not_copied()
    {
        float[] values = [1, 2];
        var weights = new WeightSet();
        weights.Add("w", [2], values);
        var graph = new GraphBuilder("test");
        graph.Output("y", graph.Node("Neg", [graph.Weight(new WeightScope(weights)["w"], 2)]), ElementType.Float, 2);
        OnnxDocument document = graph.Build();

        values[0] = 7;

        Assert.Equal(BitConverter.GetBytes(7f), document.Initializers[0].Read().Span[..4].ToArray());
    }

    [Fact]
    public void Every_kind_of_attribute_arrives()
    {
        var graph = new GraphBuilder("test");
        Value x = graph.Input("x", ElementType.Float, 2);
        graph.Output("y", graph.Node("Any", [x], ("i", -1), ("f", 0.5f), ("s", "text"), ("l", (long[])[1, 2])), ElementType.Float);

        var attributes = graph.Build().Model.Graph.Node[0].Attribute;

        Assert.Equal((-1, 0.5f, "text"), (attributes[0].I, attributes[1].F, attributes[2].S.ToStringUtf8()));
        Assert.Equal([1L, 2], attributes[3].Ints);
        Assert.Equal(
            [AttributeProto.Types.AttributeType.Int, AttributeProto.Types.AttributeType.Float, AttributeProto.Types.AttributeType.String, AttributeProto.Types.AttributeType.Ints],
            attributes.Select(attribute => attribute.Type));
    }

    [Fact]
    public void Metadata_reaches_the_session()
    {
        var graph = new GraphBuilder("test");
        graph.Output("y", graph.Node("Neg", [graph.Input("x", ElementType.Float, 1)]), ElementType.Float, 1);
        graph.Metadata("key", "välue");

        using var session = new InferenceSession(graph.Build().ToArray());

        Assert.Equal("välue", session.ModelMetadata.CustomMetadataMap["key"]);
        Assert.Equal(("unreel", "test"), (session.ModelMetadata.ProducerName, session.ModelMetadata.GraphName));
    }

    [Fact]
    public void An_input_that_nothing_defines_is_refused()
    {
        var graph = new GraphBuilder("test");
        graph.Output("y", graph.Node("Neg", [new Value("nowhere")]), ElementType.Float, 1);

        var exception = Assert.Throws<GraphException>(graph.Build);

        Assert.Equal("Node 'Neg' reads 'nowhere', which nothing before it defines", exception.Message);
    }

    [Fact]
    public void An_output_that_no_node_makes_is_refused()
    {
        var graph = new GraphBuilder("test");
        graph.Output("y", new Value("nowhere"), ElementType.Float, 1);

        Assert.Equal("Output 'y' is not made by any node", Assert.Throws<GraphException>(graph.Build).Message);
    }

    [Fact]
    public void A_graph_without_output_is_refused() =>
        Assert.Equal("The graph has no output", Assert.Throws<GraphException>(new GraphBuilder("test").Build).Message);

    [Fact]
    public void One_value_cannot_be_two_outputs()
    {
        var graph = new GraphBuilder("test");
        Value x = graph.Node("Neg", [graph.Input("x", ElementType.Float, 1)]);
        graph.Output("y", x, ElementType.Float, 1);

        Assert.Throws<GraphException>(() => graph.Output("z", x, ElementType.Float, 1));
    }

    [Fact]
    public void A_name_defined_twice_is_refused()
    {
        var graph = new GraphBuilder("test");
        Value x = graph.Input("x", ElementType.Float, 1);
        graph.Input("x", ElementType.Float, 1);
        graph.Output("y", graph.Node("Neg", [x]), ElementType.Float, 1);

        Assert.Equal("Input 'x': the name is defined twice", Assert.Throws<GraphException>(graph.Build).Message);
    }

    [Fact]
    public void Nodes_out_of_order_are_refused()
    {
        GraphProto graph = TinyClassifier.Document.Model.Graph.Clone();
        (graph.Node[3], graph.Node[4]) = (graph.Node[4], graph.Node[3]);

        var exception = Assert.Throws<GraphException>(() => GraphChecker.Check(graph, TinyClassifier.Document.Initializers));

        Assert.Contains(graph.Node[3].Name, exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void An_initializer_of_the_wrong_length_is_refused()
    {
        var graph = new GraphBuilder("test");

        var exception = Assert.Throws<GraphException>(() => graph.Floats("w", [2, 2], new float[3]));

        Assert.Equal("Initializer 'w': shape [2, 2] holds 4 values, found 3", exception.Message);
    }
}
