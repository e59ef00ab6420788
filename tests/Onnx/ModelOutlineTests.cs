namespace Unreel.Onnx.Tests;

/// <summary>What a model consists of and costs, told without its weights.</summary>
public sealed class ModelOutlineTests
{
    private static ModelOutline Outline { get; } = ModelOutline.Of(TinyClassifier.Document, "tiny");

    [Fact]
    public void Blocks_are_the_modules_of_the_network()
    {
        Assert.Equal(["patch_embed", "pos_embed", "blocks.0", "blocks.1", "fc_norm", "head"], Outline.Blocks.Select(block => block.Name));
        Assert.Equal(TinyClassifier.Document.Model.Graph.Node.Count, Outline.Blocks.Sum(block => block.Operators.Values.Sum()));
        Assert.Empty(Outline.Notes);
    }

    [Fact]
    public void Repeated_blocks_are_told_once()
    {
        Assert.Equal(["patch_embed", "pos_embed", "blocks.0–1", "fc_norm", "head"], Outline.Runs.Select(run => run.Name));
        Assert.Equal(2, Outline.Runs[2].Times);
        Assert.Equal(Outline.MultiplyAdds, Outline.Runs.Sum(run => run.Times * run.MultiplyAdds));
    }

    [Fact]
    public void Costs_are_those_of_the_network_for_one_clip()
    {
        ClassifierShape s = TinyClassifier.Shape;
        long tokens = s.Tokens, width = s.Width;
        long embedding = tokens * width * 3 * s.Tubelet * s.Patch * s.Patch;
        long block = tokens * width * ((4 * width) + (2 * s.Hidden)) + (2 * tokens * tokens * width);

        Assert.Equal(embedding, Outline.Blocks[0].MultiplyAdds);
        Assert.Equal(block, Outline.Blocks[2].MultiplyAdds);
        Assert.Equal(embedding + (s.Depth * block) + (width * s.Classes), Outline.MultiplyAdds);
        Assert.Equal(1, Assert.Single(Outline.Bound, extent => extent.Key == "batch").Value);
    }

    [Fact]
    public void Parameters_are_counted_once_and_shapes_are_none()
    {
        long weights = TinyClassifier.Document.Initializers.Where(constant => !constant.Name.StartsWith("constants/", StringComparison.Ordinal)).Sum(constant => constant.Count);

        Assert.Equal(weights, Outline.Parameters);
        Assert.Equal(4 * Outline.Parameters, Outline.Bytes);
        Assert.Equal("fp32", Outline.Precision);
    }

    [Fact]
    public void Fused_attention_costs_what_its_parts_do()
    {
        var plain = new GraphBuilder("plain");
        Value x = plain.Input("x", ElementType.Float, "batch", 6, 12);
        Value scores = plain.Node("MatMul", [x, plain.Node("Transpose", [x], ("perm", (long[])[0, 2, 1]))]);
        plain.Output("y", plain.Node("MatMul", [scores, x]), ElementType.Float);
        var fused = new GraphBuilder("fused", new GraphStyle(GraphFlavour.Ort));
        x = fused.Input("x", ElementType.Float, "batch", 6, 12);
        fused.Output("y", fused.Node("com.microsoft.MultiHeadAttention", [x, x, x], ("num_heads", 3)), ElementType.Float);

        Assert.Equal(2 * 6 * 6 * 12, ModelOutline.Of(plain.Build(), "plain").MultiplyAdds);
        Assert.Equal(2 * 6 * 6 * 12, ModelOutline.Of(fused.Build(), "fused").MultiplyAdds);
    }

    [Fact]
    public void Packed_weights_are_counted_one_by_one()
    {
        var graph = new GraphBuilder("packed", new GraphStyle(GraphFlavour.Ort));
        Value x = graph.Input("x", ElementType.Float, "batch", 32);
        Value scales = graph.Floats("scales", [7, 2], new float[14]);
        graph.Output("y", graph.Node("com.microsoft.MatMulNBits", [x, scales, scales], ("K", 32), ("N", 7), ("bits", 4), ("block_size", 16)), ElementType.Float);
        GraphException refused = Assert.Throws<GraphException>(graph.Build);
        Assert.Contains("expected uint8 or int32, found float", refused.Message, StringComparison.Ordinal);

        var model = new Format.ModelProto { Graph = new Format.GraphProto() };
        model.Graph.Node.Add(new Format.NodeProto { Name = "fc/MatMulNBits", OpType = "MatMulNBits", Domain = "com.microsoft", Input = { "x", "w", "scales" }, Output = { "y" } });
        foreach ((string name, long value) in new[] { ("K", 32L), ("N", 7L), ("bits", 4L), ("block_size", 16L) })
            model.Graph.Node[0].Attribute.Add(new Format.AttributeProto { Name = name, I = value });
        Initializer[] weights =
        [
            new("w", ElementType.UInt8, [7, 2, 8], () => throw new InvalidOperationException("A weight was read")),
            new("scales", ElementType.Float, [7, 2], () => throw new InvalidOperationException("A weight was read")),
        ];
        model.Graph.Input.Add(new Format.ValueInfoProto
        {
            Name = "x",
            Type = new Format.TypeProto { TensorType = new Format.TypeProto.Types.Tensor { ElemType = 1, Shape = new Format.TensorShapeProto { Dim = { new Format.TensorShapeProto.Types.Dimension { DimParam = "batch" }, new Format.TensorShapeProto.Types.Dimension { DimValue = 32 } } } } },
        });

        OutlineLayer layer = Assert.Single(Assert.Single(ModelOutline.Of(new OnnxDocument(model, weights), "packed").Blocks).Layers);

        Assert.Equal((7L * 32) + 14, layer.Parameters);
        Assert.Equal((112L + 56, 7L * 32, "int4"), (layer.Bytes, layer.MultiplyAdds!.Value, layer.Precision));
    }

    [Theory]
    [InlineData("/blocks/blocks.0/attn/MatMul", "blocks.0.attn", "blocks.0")]
    [InlineData("blocks.11.mlp.fc1/MatMul", "blocks.11.mlp.fc1", "blocks.11")]
    [InlineData("/encoder/layer.3/output/dense/Add", "encoder.layer.3.output.dense", "encoder.layer.3")]
    [InlineData("patch_embed/Conv", "patch_embed", "patch_embed")]
    [InlineData("MatMul_12", "", "")]
    public void A_node_s_module_is_told_by_its_name(string node, string path, string block)
    {
        string found = NodePaths.Of(new Format.NodeProto { Name = node, OpType = "Any" }, _ => false);

        Assert.Equal((path, block), (found, NodePaths.Block(found)));
    }

    [Fact]
    public void Graphs_that_name_nothing_are_cut_at_their_weights()
    {
        var graph = new GraphBuilder("foreign", new GraphStyle(GraphFlavour.Ort));
        Value x = graph.Input("x", ElementType.Float, "batch", 4);
        for (int i = 0; i < 6; i++)
            x = graph.Node("Relu", [graph.Node("MatMul", [x, graph.Floats($"w{i}", [4, 4], new float[16])])]);
        graph.Output("y", graph.Node("org.example.Unheard", [x]), ElementType.Float);

        ModelOutline outline = ModelOutline.Of(graph.Build(), "foreign");

        Assert.Equal(96, outline.Parameters);
        Assert.Equal(5, outline.Runs[0].Times);
        Assert.Contains("org.example.Unheard", Assert.Single(outline.Notes), StringComparison.Ordinal);
    }

    [Fact]
    public void Weights_are_not_read()
    {
        var shape = TinyClassifier.Shape with { Width = 96, Hidden = 1024 };
        using var stream = new CountingStream(ClassifierGraph.Write(shape, TinyClassifier.Weights(shape), TinyClassifier.Contract()).ToArray());

        ModelOutline outline = ModelOutline.Read(stream, "counted");

        Assert.True(outline.Bytes > 1_500_000, $"{outline.Bytes} bytes of weights");
        Assert.InRange(stream.Read_, 1, 100_000);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Damaged_models_are_told_or_refused_but_nothing_else(int seed)
    {
        var random = new Random(seed);
        for (int i = 0; i < 100; i++)
        {
            byte[] damaged = [.. TinyClassifier.Bytes];
            for (int bit = 0; bit < 4; bit++)
                damaged[random.Next(damaged.Length / 3)] ^= (byte)(1 << random.Next(8));
            try
            {
                using var stream = new MemoryStream(damaged);
                Assert.NotEmpty(ModelOutline.Read(stream, "damaged").Model.Producer + ".");
            }
            catch (OnnxModelException exception)
            {
                Assert.Contains("damaged", exception.Message, StringComparison.Ordinal);
            }
        }
    }

    private sealed class CountingStream(byte[] bytes) : MemoryStream(bytes)
    {
        public long Read_ { get; private set; }

        public override int Read(byte[] buffer, int offset, int count) => Counted(base.Read(buffer, offset, count));

        public override int Read(Span<byte> buffer) => Counted(base.Read(buffer));

        public override int ReadByte()
        {
            Read_++;
            return base.ReadByte();
        }

        private int Counted(int read)
        {
            Read_ += read;
            return read;
        }
    }
}
