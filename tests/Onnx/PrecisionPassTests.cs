using Unreel.Onnx.Format;

namespace Unreel.Onnx.Tests;

/// <summary>Whole models in other precisions.</summary>
public sealed class PrecisionPassTests
{
    // Bounds are about twice what was measured on random weights, which are harder than trained ones.
    private static readonly Dictionary<GraphPrecision, double> Bounds = new()
    {
        [GraphPrecision.Fp16] = 0.003,
        [GraphPrecision.Int8Dynamic] = 0.05,
        [GraphPrecision.Int8Static] = 0.05,
        [GraphPrecision.Int8Weights] = 0.02,
        [GraphPrecision.Int4Weights] = 0.3,
    };

    public static TheoryData<GraphPrecision, GraphFlavour, int> Forms
    {
        get
        {
            TheoryData<GraphPrecision, GraphFlavour, int> data = [];
            foreach (GraphPrecision precision in Bounds.Keys)
            {
                foreach ((GraphFlavour flavour, int opset) in Styles.All)
                {
                    if (flavour == GraphFlavour.Ort || opset >= 21 || precision is not (GraphPrecision.Int8Weights or GraphPrecision.Int4Weights))
                        data.Add(precision, flavour, opset);
                }
            }

            return data;
        }
    }

    [Theory]
    [MemberData(nameof(Forms))]
    public void Logits_stay_near(GraphPrecision precision, GraphFlavour flavour, int opset)
    {
        OnnxDocument document = PrecisionSupport.Classifier(flavour, opset);

        OnnxDocument changed = PrecisionSupport.Apply(new PrecisionSettings { Precision = precision, Flavour = flavour }, PrecisionSupport.Clips(), document).Document;

        double difference = PrecisionSupport.RelativeDifference(PrecisionSupport.Logits(document, count: 3), PrecisionSupport.Logits(changed, count: 3));
        Assert.True(difference > 0 && difference < Bounds[precision], $"relative difference {difference}; {string.Join(", ", PrecisionSupport.Operators(changed))}");
        Assert.Empty(PrecisionSupport.Modules(document).Except(changed.Model.Graph.Node.SelectMany(node => node.Output)));
        Assert.Equal(document.ReadContract().ToJson(), changed.ReadContract().ToJson());
    }

    [Theory]
    [InlineData(GraphFlavour.Ort, GraphPrecision.Int8Static, true)]
    [InlineData(GraphFlavour.Portable, GraphPrecision.Int8Static, false)]
    [InlineData(GraphFlavour.Portable, GraphPrecision.Int8Static, true)]
    public void Signed_or_unsigned_activations_give_nearly_the_same(GraphFlavour flavour, GraphPrecision precision, bool signed)
    {
        OnnxDocument document = PrecisionSupport.Classifier(flavour);
        // Bytes are their own unsigned codes, but not their signed ones.
        var settings = new PrecisionSettings { Precision = precision, Flavour = flavour, KeepFloat = ["patch_embed.*"] };

        float[] usual = PrecisionSupport.Logits(PrecisionSupport.Apply(settings, PrecisionSupport.Clips(), document).Document);
        float[] other = PrecisionSupport.Logits(PrecisionSupport.Apply(settings with { SignedActivations = signed }, PrecisionSupport.Clips(), document).Document);

        Assert.InRange(PrecisionSupport.RelativeDifference(usual, other), 0, 1e-3);
    }

    [Fact]
    public void Signed_activations_that_the_runtime_cannot_load_are_refused()
    {
        var settings = new PrecisionSettings { Precision = GraphPrecision.Int8Static, SignedActivations = true };

        Assert.Contains("opset 21", Refusal(settings, PrecisionSupport.Clips(), PrecisionSupport.Classifier(GraphFlavour.Portable, 21)), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(GraphPrecision.Int8Dynamic)]
    [InlineData(GraphPrecision.Int8Static)]
    public void The_embedding_is_quantised_where_it_takes_bytes_or_on_request(GraphPrecision precision)
    {
        var settings = new PrecisionSettings { Precision = precision };

        Assert.True(IsQuantised(settings with { Flavour = GraphFlavour.Ort }, TinyClassifier.Shape));
        Assert.False(IsQuantised(settings with { Flavour = GraphFlavour.Ort }, TinyClassifier.Shape with { CentreOverTime = true }));
        Assert.True(IsQuantised(settings with { Flavour = GraphFlavour.Ort, QuantiseEmbedding = true }, TinyClassifier.Shape with { CentreOverTime = true }));

        static bool IsQuantised(PrecisionSettings settings, ClassifierShape shape)
        {
            OnnxDocument document = ClassifierGraph.Write(shape, TinyClassifier.Weights(), TinyClassifier.Contract(), new GraphOptions { Style = new GraphStyle(settings.Flavour) });
            return PrecisionSupport.Apply(settings, PrecisionSupport.Clips(), document).Document.Initializers.Any(constant => constant.Name == "patch_embed.proj.weight.folded.int8");
        }
    }

    [Fact]
    public void What_several_products_read_is_quantised_once_and_bytes_never()
    {
        OnnxDocument changed = PrecisionSupport.Apply(new PrecisionSettings { Precision = GraphPrecision.Int8Dynamic, Flavour = GraphFlavour.Ort, QuantiseAttention = false }, document: PrecisionSupport.Classifier(GraphFlavour.Ort)).Document;

        // Queries, keys and values of two blocks share one; proj, fc1, fc2 and the head have their own inside.
        Dictionary<string, int> operators = PrecisionSupport.Operators(changed);
        Assert.Equal((2, 7, 7, 2), (operators["DynamicQuantizeLinear"], operators["MatMulIntegerToFloat"], operators["DynamicQuantizeMatMul"], operators["MultiHeadAttention"]));
        NodeProto embedding = changed.Model.Graph.Node.Single(node => node.Name.StartsWith("patch_embed/MatMul", StringComparison.Ordinal));
        Assert.Equal("Reshape", changed.Model.Graph.Node.Single(node => node.Output[0] == embedding.Input[0]).OpType);
        Assert.DoesNotContain("Cast", operators.Keys);
    }

    [Theory]
    [InlineData(GraphPrecision.Fp16)]
    [InlineData(GraphPrecision.Int8Dynamic)]
    [InlineData(GraphPrecision.Int8Static)]
    [InlineData(GraphPrecision.Int4Weights)]
    public void A_model_in_another_precision_is_refused(GraphPrecision precision)
    {
        var settings = new PrecisionSettings { Precision = precision, Flavour = GraphFlavour.Ort };
        OnnxDocument once = PrecisionSupport.Apply(settings, PrecisionSupport.Clips()).Document;

        string message = Refusal(settings, PrecisionSupport.Clips(), once);

        Assert.StartsWith("The model is in another precision already (", message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(GraphPrecision.Int8Weights, 17, "Weights in blocks of 8 bits need DequantizeLinear with block_size, which came with opset 21; the graph has opset 17.")]
    [InlineData(GraphPrecision.Int4Weights, 20, "Weights in blocks of 4 bits need DequantizeLinear with block_size, which came with opset 21; the graph has opset 20.")]
    public void An_opset_too_old_is_named(GraphPrecision precision, int opset, string expected) =>
        Assert.StartsWith(expected, Refusal(new PrecisionSettings { Precision = precision }, null, PrecisionSupport.Classifier(GraphFlavour.Portable, opset)), StringComparison.Ordinal);

    [Fact]
    public void Static_quantisation_without_clips_is_refused()
    {
        var settings = new PrecisionSettings { Precision = GraphPrecision.Int8Static };

        Assert.Equal("Static quantisation needs calibration clips to find the ranges of activations on; found none", Refusal(settings, null));
        Assert.Equal(Refusal(settings, null), Refusal(settings, PrecisionSupport.Clips(0)));
    }

    [Fact]
    public void A_block_size_that_is_none_is_refused() =>
        Assert.Equal("Block size 48 is not supported: expected one of 16, 32, 64, 128, 256", Refusal(new PrecisionSettings { Precision = GraphPrecision.Int4Weights, Flavour = GraphFlavour.Ort, BlockSize = 48 }, null));

    [Fact]
    public void A_pattern_that_matches_nothing_is_refused_and_says_what_there_is()
    {
        string message = Refusal(new PrecisionSettings { Precision = GraphPrecision.Int8Dynamic, KeepFloat = ["head", "blocks.7.*"] }, null);

        Assert.StartsWith("The pattern \"blocks.7.*\" of layers to keep in float matches none of 10: patch_embed.proj, blocks.0.attn.qkv, blocks.0.attn.proj,", message, StringComparison.Ordinal);
    }

    [Fact]
    public void Layers_asked_for_stay_as_they_are()
    {
        PrecisionResult result = PrecisionSupport.Apply(new PrecisionSettings { Precision = GraphPrecision.Int8Dynamic, KeepFloat = ["blocks.0.*", "head"] });

        Assert.Equal(["blocks.0.attn.proj", "blocks.0.attn.qkv", "blocks.0.mlp.fc1", "blocks.0.mlp.fc2", "head"], result.Report.Layers.Where(layer => layer.IsFloat).Select(layer => layer.Name).Order());
        // Four of the other block, and the cubes, which are bytes as they come.
        Assert.Equal(5, result.Document.Initializers.Count(constant => constant.Name.EndsWith(".int8", StringComparison.Ordinal)));
        Assert.Contains(result.Document.Initializers, constant => constant.Name == "blocks.0.mlp.fc1.weight.transposed" && constant.Type == ElementType.Float);
    }

    [Fact]
    public void Fp32_changes_nothing() => Assert.Same(TinyClassifier.Document, PrecisionSupport.Apply(new PrecisionSettings()).Document);

    // Kernels and bias in integers, an output in bytes.
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_convolution_is_quantised_on_request(bool signed)
    {
        var settings = new PrecisionSettings { Precision = GraphPrecision.Int8Static, QuantiseEmbedding = true, SignedActivations = signed, KeepFloat = ["head"] };
        OnnxDocument plain = PrecisionSupport.Convolutional();

        OnnxDocument changed = PrecisionSupport.Apply(settings, PrecisionSupport.Clips(), plain).Document;

        Assert.Equal([ElementType.Int8, ElementType.Int32], changed.Initializers.Where(constant => constant.Name is "patch_embed.proj.weight.int8" or "patch_embed.proj.bias.int32").Select(constant => constant.Type));
        double difference = PrecisionSupport.RelativeDifference(PrecisionSupport.Logits(plain, count: 3), PrecisionSupport.Logits(changed, count: 3));
        Assert.InRange(difference, 1e-6, 0.05);
    }

    [OnnxCheckerTests.OnnxCheckerTheory]
    [InlineData(GraphPrecision.Fp16)]
    [InlineData(GraphPrecision.Bf16)]
    [InlineData(GraphPrecision.Int8Dynamic)]
    [InlineData(GraphPrecision.Int8Static)]
    public void The_checker_accepts_what_is_portable(GraphPrecision precision)
    {
        string path = Path.Combine(Path.GetTempPath(), $"unreel-{Guid.NewGuid():N}.onnx");
        PrecisionSupport.Apply(new PrecisionSettings { Precision = precision, QuantiseEmbedding = true }, PrecisionSupport.Clips()).Document.Save(path);
        try
        {
            (int code, string output) = OnnxCheckerTests.Run("import onnx, sys; m = onnx.load(sys.argv[1]); onnx.checker.check_model(m, full_check=True)", path);

            Assert.True(code == 0, output);
        }
        finally
        {
            File.Delete(path);
        }
    }

    // A pass that read all weights would need as much memory as they take.
    [Theory]
    [InlineData(GraphPrecision.Fp16)]
    [InlineData(GraphPrecision.Int8Dynamic)]
    [InlineData(GraphPrecision.Int4Weights)]
    public void Weights_are_read_when_the_result_is_saved_and_not_before(GraphPrecision precision)
    {
        int reads = 0;
        Initializer[] counted = [.. TinyClassifier.Document.Initializers.Select(constant => constant.Type != ElementType.Float ? constant : new Initializer(constant.Name, constant.Type, constant.Shape, () =>
        {
            reads++;
            return constant.Read();
        }))];
        var document = new OnnxDocument(TinyClassifier.Document.Model, counted);

        OnnxDocument changed = PrecisionSupport.Apply(new PrecisionSettings { Precision = precision, Flavour = GraphFlavour.Ort }, document: document).Document;
        Assert.Equal(0, reads);

        // Once for a constant that is made of it: codes and scales are two.
        changed.Save(Stream.Null);
        Assert.InRange(reads, counted.Count(constant => constant.Type == ElementType.Float), 2 * counted.Length);
    }

    private static string Refusal(PrecisionSettings settings, CalibrationSet? clips, OnnxDocument? document = null) =>
        Assert.Throws<PrecisionException>(() => PrecisionSupport.Apply(settings, clips, document)).Message;
}
