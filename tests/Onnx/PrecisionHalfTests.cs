using Unreel.Onnx.Format;

namespace Unreel.Onnx.Tests;

/// <summary>Graphs in 16-bit floats.</summary>
public sealed class PrecisionHalfTests
{
    private static readonly string[] Summing = ["LayerNormalization", "Softmax", "ReduceMean", "ReduceMax"];

    public static TheoryData<GraphPrecision, GraphFlavour, int> Forms
    {
        get
        {
            TheoryData<GraphPrecision, GraphFlavour, int> data = [];
            foreach ((GraphFlavour flavour, int opset) in Styles.All)
            {
                data.Add(GraphPrecision.Fp16, flavour, opset);
                data.Add(GraphPrecision.Bf16, flavour, opset);
            }

            return data;
        }
    }

    [Theory]
    [MemberData(nameof(Forms))]
    public void What_sums_stays_wide_and_what_multiplies_is_narrow(GraphPrecision precision, GraphFlavour flavour, int opset)
    {
        OnnxDocument narrow = Narrow(precision, PrecisionSupport.Classifier(flavour, opset));
        Dictionary<string, ElementType> types = Types(narrow);
        ElementType half = precision == GraphPrecision.Fp16 ? ElementType.Float16 : ElementType.BFloat16;

        Assert.All(narrow.Model.Graph.Node.Where(node => Summing.Contains(node.OpType)), node => Assert.Equal(ElementType.Float, types[node.Input[0]]));
        NodeProto[] products = [.. narrow.Model.Graph.Node.Where(node => node.OpType == "MatMul" && node.Name.StartsWith("blocks.", StringComparison.Ordinal))];
        Assert.True(products.Length >= 6);
        Assert.All(products, node => Assert.Equal((half, half), (types[node.Input[0]], types[node.Input[1]])));
        Assert.Equal(ElementType.Float, types[narrow.Model.Graph.Node.Single(node => node.OpType == "Gemm").Input[0]]);
        Assert.All(narrow.Model.Graph.Output, output => Assert.Equal(ElementType.Float, types[output.Name]));
    }

    // Raw bytes by weights made so much smaller: neither is well held in 16 bits.
    [Theory]
    [MemberData(nameof(Forms))]
    public void Cubes_and_pictures_stay_wide(GraphPrecision precision, GraphFlavour flavour, int opset)
    {
        OnnxDocument[] wide = [PrecisionSupport.Classifier(flavour, opset), TinyAutoencoder.Reconstruction(new GraphOptions { Style = new GraphStyle(flavour, opset) })];
        foreach (OnnxDocument narrow in wide.Select(document => Narrow(precision, document)))
        {
            IReadOnlyDictionary<string, ValueFact> facts = ShapeInference.Run(narrow);
            NodeProto[] nodes = [.. narrow.Model.Graph.Node.Where(node => node.OpType != "Cast" && Scopes(node).Any(scope => scope is "patch_embed" or "picture"))];

            Assert.Contains(nodes, node => node.OpType == "MatMul" && Scopes(node)[^1] == "patch_embed");
            Assert.All(nodes, node => Assert.All(node.Input.Concat(node.Output).Where(value => value.Length > 0), value =>
                Assert.False(facts[value].Type is ElementType.Float16 or ElementType.BFloat16, $"{node.Name}: {value}")));
        }

        static string[] Scopes(NodeProto node) => node.Name[..Math.Max(0, node.Name.LastIndexOf('/'))].Split('.', '/');
    }

    [Theory]
    [InlineData(GraphPrecision.Fp16)]
    [InlineData(GraphPrecision.Bf16)]
    public void Attention_as_one_operator_keeps_its_softmax_wide(GraphPrecision precision)
    {
        OnnxDocument wide = PrecisionSupport.Classifier(GraphFlavour.Portable, 23);

        Assert.Equal([1, 1], Narrow(precision, wide).Model.Graph.Node.Where(node => node.OpType == "Attention").Select(node => node.Attribute.Single(attribute => attribute.Name == "softmax_precision").I));
        Assert.DoesNotContain(wide.Model.Graph.Node.SelectMany(node => node.Attribute), attribute => attribute.Name == "softmax_precision");
    }

    [Theory]
    [MemberData(nameof(Forms))]
    public void No_value_is_converted_twice_or_back_and_forth(GraphPrecision precision, GraphFlavour flavour, int opset)
    {
        OnnxDocument wide = PrecisionSupport.Classifier(flavour, opset), narrow = Narrow(precision, wide);

        NodeProto[] casts = [.. narrow.Model.Graph.Node.Where(node => node.OpType == "Cast")];
        HashSet<string> made = [.. casts.Select(cast => cast.Output[0])];
        Assert.DoesNotContain(casts, cast => made.Contains(cast.Input[0]));
        Assert.Equal(casts.Length, casts.DistinctBy(cast => (cast.Input[0], cast.Attribute[0].I)).Count());

        // Every node's floats are of one width.
        Dictionary<string, ElementType> types = Types(narrow);
        Assert.All(narrow.Model.Graph.Node.Where(node => node.OpType != "Cast"), node =>
            Assert.True(node.Input.Where(types.ContainsKey).Select(input => types[input]).Where(IsFloat).Distinct().Count() <= 1, node.Name));
    }

    [Theory]
    [InlineData(GraphFlavour.Portable)]
    [InlineData(GraphFlavour.Ort)]
    public void Modules_keep_the_names_of_their_values(GraphFlavour flavour)
    {
        OnnxDocument wide = PrecisionSupport.Classifier(flavour);

        Assert.Empty(PrecisionSupport.Modules(wide).Except(Narrow(GraphPrecision.Bf16, wide).Model.Graph.Node.SelectMany(node => node.Output)));
    }

    // No processor's kernels compute in bfloat16: every narrow node computes in 32 bits here, and what goes in and out of it is rounded.
    [Theory]
    [InlineData(GraphFlavour.Portable)]
    [InlineData(GraphFlavour.Ort)]
    public void Brain_floats_rounded_at_every_border_give_logits_nearby(GraphFlavour flavour)
    {
        OnnxDocument wide = PrecisionSupport.Classifier(flavour);

        double difference = PrecisionSupport.RelativeDifference(PrecisionSupport.Logits(wide, count: 3), PrecisionSupport.Logits(Emulate(Narrow(GraphPrecision.Bf16, wide)), count: 3));

        Assert.InRange(difference, 1e-5, 0.02);
    }

    [Fact]
    public void Layers_asked_for_stay_wide()
    {
        OnnxDocument narrow = PrecisionSupport.Apply(new PrecisionSettings { Precision = GraphPrecision.Fp16, KeepFloat = ["blocks.0.mlp.*"] }).Document;
        Dictionary<string, ElementType> types = Types(narrow);

        Assert.Equal(ElementType.Float, types[narrow.Model.Graph.Node.Single(node => node.Name == "blocks.0.mlp.fc1/MatMul").Input[1]]);
        Assert.Equal(ElementType.Float16, types[narrow.Model.Graph.Node.Single(node => node.Name == "blocks.1.mlp.fc1/MatMul").Input[1]]);
    }

    [Fact]
    public void An_output_of_a_narrow_node_is_wide_again()
    {
        var graph = new GraphBuilder("test");
        Value product = graph.Node("MatMul", [graph.Input("x", ElementType.Float, 2, 3), graph.Floats("w", [3, 3], SeededFloats.Uniform(9, 1))]);
        graph.Output("y", product, ElementType.Float, 2, 3);
        graph.Output("z", graph.Node("MatMul", [product, graph.Floats("v", [3, 3], SeededFloats.Uniform(9, 2))]), ElementType.Float, 2, 3);

        OnnxDocument narrow = Narrow(GraphPrecision.Fp16, graph.Build());

        Assert.Equal(["x.fp16 <- x", "y <- y.fp16", "z <- z.fp16"], narrow.Model.Graph.Node.Where(node => node.OpType == "Cast").Select(node => $"{node.Output[0]} <- {node.Input[0]}"));
        Assert.Equal("y.fp16", narrow.Model.Graph.Node.Last(node => node.OpType == "MatMul").Input[0]);
    }

    // Converting what is no float, or leaving what is one, would be found out when the model is loaded at best.
    [Fact]
    public void A_value_of_unknown_type_is_refused()
    {
        var graph = new GraphBuilder("test");
        graph.Output("y", graph.Node("Det", [graph.Input("x", ElementType.Float, 2, 3, 3)]), ElementType.Float, 2);

        string message = Assert.Throws<PrecisionException>(() => Narrow(GraphPrecision.Fp16, graph.Build())).Message;

        Assert.Equal("The type of the value 'y' cannot be told, so that it is not known what must be converted", message);
    }

    private static OnnxDocument Narrow(GraphPrecision precision, OnnxDocument wide) => PrecisionSupport.Apply(new PrecisionSettings { Precision = precision }, document: wide).Document;

    private static bool IsFloat(ElementType type) => type is ElementType.Float or ElementType.Float16 or ElementType.BFloat16;

    private static Dictionary<string, ElementType> Types(OnnxDocument document)
    {
        Dictionary<string, ElementType> types = document.Initializers.ToDictionary(initializer => initializer.Name, initializer => initializer.Type);
        foreach (ValueInfoProto input in document.Model.Graph.Input)
            types[input.Name] = (ElementType)input.Type.TensorType.ElemType;
        foreach (NodeProto node in document.Model.Graph.Node)
        {
            foreach (string output in node.Output)
                types[output] = node.OpType switch { "Cast" => (ElementType)node.Attribute.Single(attribute => attribute.Name == "to").I, "Shape" => ElementType.Int64, _ => types[node.Input[0]] };
        }

        return types;
    }

    private static OnnxDocument Emulate(OnnxDocument narrow)
    {
        Dictionary<string, ElementType> types = Types(narrow);
        var editor = new GraphEditor(narrow);
        foreach (NodeProto node in editor.Nodes.Where(node => node.OpType != "Cast" && node.Input.Any(input => types.GetValueOrDefault(input) == ElementType.BFloat16)).ToArray())
        {
            NodeProto wide = node.Clone();
            List<NodeProto> nodes = [];
            for (int i = 0; i < node.Input.Count; i++)
            {
                if (types.GetValueOrDefault(node.Input[i]) != ElementType.BFloat16)
                    continue;
                wide.Input[i] = $"{node.Name}.in{i}";
                nodes.Add(Nodes.Cast($"{node.Name}.in{i}/Cast", node.Input[i], wide.Input[i], ElementType.Float));
            }

            nodes.Add(wide);
            for (int i = 0; i < node.Output.Count; i++)
            {
                wide.Output[i] = $"{node.Name}.wide{i}";
                nodes.Add(Nodes.Cast($"{node.Name}.wide{i}/Cast", wide.Output[i], node.Output[i], ElementType.BFloat16));
            }

            editor.Replace(node, nodes);
        }

        return editor.Build();
    }
}
