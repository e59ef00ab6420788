using Microsoft.ML.OnnxRuntime;
using Unreel.Onnx.Format;

namespace Unreel.Onnx.Tests;

/// <summary>What is told of values without running a graph, held against what ONNX Runtime makes when it runs.</summary>
public sealed class ShapeInferenceTests
{
    private const long Batch = 2;

    /// <summary>Operators on x, float [batch, 6, 12], and w, which are written by each case.</summary>
    private static readonly Dictionary<string, Func<GraphBuilder, Value, Value[]>> Cases = new()
    {
        ["Add broadcast"] = (g, x) => [g.Node("Add", [x, Floats(g, 6, 1)])],
        ["Where"] = (g, x) => [g.Node("Where", [g.Node("Greater", [x, g.Scalar(0)]), x, g.Scalar(0)])],
        ["Cast"] = (g, x) => [g.Node("Cast", [x], ("to", (long)ElementType.Float16))],
        ["Erf"] = (g, x) => [g.Node("Erf", [x])],
        ["Pow"] = (g, x) => [g.Node("Pow", [x, g.Scalar(2)])],
        ["Softmax"] = (g, x) => [g.Node("Softmax", [x], ("axis", -1))],
        ["LayerNormalization"] = (g, x) => g.Nodes("LayerNormalization", [x, Floats(g, 12), Floats(g, 12)], 3, ("axis", -1)),
        ["ReduceMean attribute"] = (g, x) => [g.Node("ReduceMean", [x], ("axes", (long[])[1]), ("keepdims", 0))],
        ["ReduceSum input"] = (g, x) => [g.Node("ReduceSum", [x, g.Integers(-1)])],
        ["ArgMax"] = (g, x) => [g.Node("ArgMax", [x], ("axis", 2), ("keepdims", 0))],
        ["Reshape zero and rest"] = (g, x) => [g.Node("Reshape", [x, g.Integers(0, 3, -1)])],
        ["Reshape folds the batch"] = (g, x) => [g.Node("Reshape", [g.Node("Reshape", [x, g.Integers(-1, 4)]), g.Integers(-1, 6, 12)])],
        ["Reshape to a computed shape"] = (g, x) => [g.Node("Reshape", [x, g.Node("Concat", [g.Node("Slice", [g.Node("Shape", [x]), g.Integers(0), g.Integers(1)]), g.Integers(72)], ("axis", 0))])],
        ["Reshape by Gather and Unsqueeze"] = (g, x) => [g.Node("Reshape", [x, g.Node("Concat", [g.Node("Unsqueeze", [g.Node("Gather", [g.Node("Shape", [x]), Scalar(g, 0)]), g.Integers(0)]), g.Integers(-1)], ("axis", 0))])],
        ["Flatten"] = (g, x) => [g.Node("Flatten", [x], ("axis", 2))],
        ["Transpose"] = (g, x) => [g.Node("Transpose", [x], ("perm", (long[])[2, 0, 1]))],
        ["Transpose reversed"] = (g, x) => [g.Node("Transpose", [x])],
        ["Split even"] = (g, x) => g.Nodes("Split", [x], 3, ("axis", -1)),
        ["Split sizes"] = (g, x) => g.Nodes("Split", [x, g.Integers(5, 7)], 2, ("axis", 2)),
        ["Slice"] = (g, x) => [g.Node("Slice", [x, g.Integers(1, -3), g.Integers(5, long.MaxValue), g.Integers(1, 2), g.Integers(2, 1)])],
        ["Slice backwards"] = (g, x) => [g.Node("Slice", [x, g.Integers(-1), g.Integers(long.MinValue), g.Integers(1), g.Integers(-1)])],
        ["Concat"] = (g, x) => [g.Node("Concat", [x, x], ("axis", 1))],
        ["Gather"] = (g, x) => [g.Node("Gather", [x, g.Integers(0, 3, -1)], ("axis", 1))],
        ["GatherND"] = (g, x) => [g.Node("GatherND", [x, Places(g, 2, 4, 1)], ("batch_dims", 1)), g.Node("GatherND", [x, Places(g, 3, 2)])],
        ["ScatterElements"] = (g, x) => [g.Node("ScatterElements", [x, Places(g, 1, 2, 3), Floats(g, 1, 2, 3)], ("axis", 1)), g.Node("ScatterND", [x, Places(g, 1, 1), Floats(g, 1, 6, 12)])],
        ["Gather one"] = (g, x) => [g.Node("Gather", [x, Scalar(g, 1)], ("axis", 1))],
        ["Unsqueeze and Squeeze"] = (g, x) => [g.Node("Squeeze", [g.Node("Unsqueeze", [x, g.Integers(1, -1)]), g.Integers(1)])],
        ["Expand"] = (g, x) => [g.Node("Expand", [g.Node("ReduceSum", [x, g.Integers(1)]), g.Integers(1, 5, 1)])],
        ["Expand to a computed shape"] = (g, x) => [g.Node("Expand", [Floats(g, 1, 1, 12), g.Node("Shape", [x])])],
        ["Tile"] = (g, x) => [g.Node("Tile", [x, g.Integers(1, 2, 3)])],
        ["Pad"] = (g, x) => [g.Node("Pad", [x, g.Integers(0, 1, 0, 0, 2, 3)])],
        ["Range"] = (g, x) => [g.Node("Range", [Scalar(g, 1), Scalar(g, 8), Scalar(g, 3)])],
        ["Resize sizes"] = (g, x) => [g.Node("Resize", [Pictures(g, x), default, default, g.Integers(2, 6, 5, 7)], ("mode", "linear"))],
        ["Resize scales"] = (g, x) => [g.Node("Resize", [Pictures(g, x), default, g.Floats("scales", [4], new float[] { 1, 1, 2, 1.5f })], ("mode", "nearest"))],
        ["Conv"] = (g, x) => [g.Node("Conv", [Pictures(g, x), Floats(g, 5, 6, 2, 2), Floats(g, 5)], ("strides", (long[])[2, 1]), ("pads", (long[])[1, 0, 0, 1]))],
        ["Conv in groups"] = (g, x) => [g.Node("Conv", [Pictures(g, x), Floats(g, 6, 2, 2, 2)], ("group", 3), ("dilations", (long[])[2, 1]))],
        ["Pooling"] = (g, x) => [g.Node("MaxPool", [Pictures(g, x)], ("kernel_shape", (long[])[2, 2]), ("strides", (long[])[2, 2])), g.Node("GlobalAveragePool", [Pictures(g, x)])],
        ["MatMul"] = (g, x) => [g.Node("MatMul", [x, Floats(g, 12, 7)]), g.Node("MatMul", [x, Floats(g, 12)]), g.Node("MatMul", [x, g.Node("Transpose", [x], ("perm", (long[])[0, 2, 1]))])],
        ["Gemm"] = (g, x) => [g.Node("Gemm", [g.Node("Reshape", [x, g.Integers(0, 72)]), Floats(g, 4, 72), Floats(g, 4)], ("transB", 1))],
        ["Dynamic quantisation"] = (g, x) => Quantised(g, x),
        ["Quantisation by channel"] = (g, x) => [g.Node("DequantizeLinear", [g.Node("QuantizeLinear", [x, Floats(g, 6), Bytes(g, 6)], ("axis", 1)), Floats(g, 6), Bytes(g, 6)], ("axis", 1))],
        ["QLinearMatMul"] = (g, x) => [g.Node("QLinearMatMul", [g.Node("QuantizeLinear", [x, g.Scalar(1), Byte(g)]), g.Scalar(1), Byte(g), Bytes(g, 12, 5), g.Scalar(1), Byte(g), g.Scalar(1), Byte(g)])],
        ["ConvInteger"] = (g, x) => [g.Node("ConvInteger", [g.Node("QuantizeLinear", [Pictures(g, x), g.Scalar(1), Byte(g)]), Bytes(g, 5, 6, 2, 2)])],
        ["MultiHeadAttention"] = (g, x) => [g.Node("com.microsoft.MultiHeadAttention", [x, x, x], ("num_heads", 3)), g.Node("com.microsoft.MultiHeadAttention", [x, x, x, Floats(g, 36)], ("num_heads", 3))],
        ["com.microsoft.Attention"] = (g, x) => [g.Node("com.microsoft.Attention", [x, Floats(g, 12, 36), Floats(g, 36)], ("num_heads", 3))],
        ["SkipLayerNormalization"] = (g, x) => [.. g.Nodes("com.microsoft.SkipLayerNormalization", [x, x, Floats(g, 12), Floats(g, 12)], 1)],
        ["Gelu and its kin"] = (g, x) => [g.Node("com.microsoft.Gelu", [x]), g.Node("com.microsoft.FastGelu", [x]), g.Node("com.microsoft.BiasGelu", [x, Floats(g, 12)])],
        ["FusedMatMul"] = (g, x) => [g.Node("com.microsoft.FusedMatMul", [x, x], ("transB", 1), ("alpha", 0.5f)), g.Node("com.microsoft.FusedMatMul", [x, x], ("transA", 1))],
        ["DynamicQuantizeMatMul"] = (g, x) => [g.Node("com.microsoft.DynamicQuantizeMatMul", [x, Bytes(g, 12, 5), Floats(g, 5), default, Floats(g, 5)])],
        ["MatMulNBits"] = (g, x) => [g.Node("com.microsoft.MatMulNBits", [g.Node("Slice", [g.Node("Concat", [x, x], ("axis", 2)), g.Integers(0), g.Integers(16), g.Integers(2)]), Bytes(g, 7, 1, 8), Floats(g, 7)], ("K", 16), ("N", 7), ("bits", 4), ("block_size", 16))],
    };

    public static TheoryData<string> Names => [.. Cases.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public void What_is_told_is_what_runs(string name)
    {
        var graph = new GraphBuilder("test", new GraphStyle(GraphFlavour.Ort));
        Value x = graph.Input("x", ElementType.Float, "batch", 6, 12);
        Value[] results = Cases[name](graph, x);
        graph.Output("same", graph.Node("Identity", [x]), ElementType.Float, "batch", 6, 12);
        OnnxDocument document = graph.Build();

        IReadOnlyDictionary<string, ValueFact> told = ShapeInference.Run(document.Model.Graph, document.Initializers, 17);

        var editor = new GraphEditor(document);
        foreach (Value result in results)
            editor.AddOutput(result.Name, told[result.Name].Type ?? throw new InvalidOperationException($"The type of '{result.Name}' is not told."));
        Held(editor.Build(), told);
    }

    [Theory]
    [InlineData(20, "Gelu")]
    [InlineData(18, "ReduceMean")]
    [InlineData(18, "Split")]
    [InlineData(21, "DequantizeLinear")]
    [InlineData(23, "Attention")]
    [InlineData(23, "Attention of heads")]
    public void What_later_opsets_brought_is_told_too(int opset, string what)
    {
        var graph = new GraphBuilder("test", new GraphStyle(GraphFlavour.Portable, opset));
        Value x = graph.Input("x", ElementType.Float, "batch", 6, 12);
        Value heads = graph.Node("Transpose", [graph.Node("Reshape", [x, graph.Integers(0, 0, 3, 4)])], ("perm", (long[])[0, 2, 1, 3]));
        Value made = what switch
        {
            "Gelu" => graph.Node("Gelu", [x]),
            "ReduceMean" => graph.Node("ReduceMean", [x, graph.Integers(1)], ("keepdims", 0)),
            "Split" => graph.Nodes("Split", [graph.Node("Concat", [x, x], ("axis", -1))], 5, ("axis", -1), ("num_outputs", 5))[4],
            "DequantizeLinear" => graph.Node("DequantizeLinear", [Bytes(graph, 12, 8), Floats(graph, 3, 8)], ("axis", 0), ("block_size", 4)),
            "Attention" => graph.Node("Attention", [x, x, x], ("q_num_heads", 3), ("kv_num_heads", 3)),
            _ => graph.Node("Attention", [heads, heads, heads]),
        };
        graph.Output("same", graph.Node("Identity", [x]), ElementType.Float, "batch", 6, 12);
        OnnxDocument document = graph.Build();

        IReadOnlyDictionary<string, ValueFact> told = ShapeInference.Run(document.Model.Graph, document.Initializers, opset);

        var editor = new GraphEditor(document);
        editor.AddOutput(made.Name, told[made.Name].Type!.Value);
        Held(editor.Build(), told);
    }

    [Fact]
    public void Every_value_of_a_classifier_is_told()
    {
        GraphProto graph = TinyClassifier.Document.Model.Graph.Clone();
        IReadOnlyDictionary<string, ValueFact> told = ShapeInference.Run(graph, TinyClassifier.Document.Initializers, 17);

        foreach (NodeProto node in graph.Node)
        {
            Assert.All(node.Output, output => Assert.DoesNotContain(told[output].Shape!, extent => extent.IsUnknown()));
            Assert.All(node.Output, output => Assert.Equal("batch", told[output].Shape![0].Symbol));
        }
    }

    private static void Held(OnnxDocument document, IReadOnlyDictionary<string, ValueFact> told)
    {
        using var session = new InferenceSession(document.ToArray());
        using var x = OrtValue.CreateTensorValueFromMemory(SeededFloats.Uniform((int)Batch * 6 * 12, 3), [Batch, 6, 12]);
        using var options = new RunOptions();
        using var outputs = session.Run(options, ["x"], [x], session.OutputNames);
        for (int i = 0; i < outputs.Count; i++)
        {
            OrtTensorTypeAndShapeInfo found = outputs[i].GetTensorTypeAndShape();
            ValueFact fact = told[session.OutputNames[i]];
            Assert.Equal((ElementType)found.ElementDataType, fact.Type);
            Assert.Equal(found.Shape, fact.Shape!.Select(Bound));
        }

    }

    private static long Bound(Dimension extent)
    {
        Assert.False(extent.IsUnknown(), "an extent is not told");
        return extent.Symbol is { } symbol ? symbol.Split('*').Aggregate(1L, (product, factor) => product * (factor == "batch" ? Batch : long.Parse(factor, System.Globalization.CultureInfo.InvariantCulture))) : extent.Size!.Value;
    }

    private static Value Floats(GraphBuilder graph, params long[] shape)
    {
        int count = (int)shape.Aggregate(1L, (product, extent) => product * extent);
        return graph.Floats($"floats/[{string.Join(',', shape)}]", shape, Enumerable.Range(0, count).Select(i => 1f + (i % 3)).ToArray());
    }

    private static Value Places(GraphBuilder graph, params long[] shape) => graph.Node("Cast", [graph.Node("Sub", [Floats(graph, shape), Floats(graph, shape)])], ("to", (long)ElementType.Int64));

    private static Value Bytes(GraphBuilder graph, params long[] shape) => graph.Node("Cast", [Floats(graph, shape)], ("to", (long)ElementType.UInt8));

    private static Value Byte(GraphBuilder graph) => graph.Node("Cast", [graph.Scalar(3)], ("to", (long)ElementType.UInt8));

    private static Value Scalar(GraphBuilder graph, long value) => graph.Node("Squeeze", [graph.Integers(value), graph.Integers(0)]);

    // [batch, 6, 12] to [batch, 6, 4, 6].
    private static Value Pictures(GraphBuilder graph, Value x) =>
        graph.Node("Reshape", [graph.Node("Concat", [x, x], ("axis", 2)), graph.Integers(0, 0, 4, 6)]);

    private static Value[] Quantised(GraphBuilder graph, Value x)
    {
        Value[] parts = graph.Nodes("DynamicQuantizeLinear", [x], 3);
        Value product = graph.Node("MatMulInteger", [parts[0], Bytes(graph, 12, 5), parts[2]]);
        return [.. parts, product, graph.Node("com.microsoft.MatMulIntegerToFloat", [parts[0], Bytes(graph, 12, 5), parts[1], graph.Scalar(1), parts[2]])];
    }
}
