namespace Unreel.Onnx.Tests;

/// <summary>Single quantised products, run by ONNX Runtime, against loops over what their codes stand for.</summary>
public sealed class PrecisionProductTests
{
    private const int Rows = 3;
    private const int Inputs = 72;
    private const int Outputs = 5;

    public static TheoryData<GraphPrecision, GraphFlavour, int, bool, bool> Blocks
    {
        get
        {
            TheoryData<GraphPrecision, GraphFlavour, int, bool, bool> data = [];
            foreach (GraphPrecision precision in new[] { GraphPrecision.Int8Weights, GraphPrecision.Int4Weights })
            {
                foreach (GraphFlavour flavour in Enum.GetValues<GraphFlavour>())
                {
                    foreach (int size in new[] { 16, 32, 64, 128 })
                    {
                        data.Add(precision, flavour, size, false, size < 64);
                        data.Add(precision, flavour, size, true, size >= 64);
                    }
                }
            }

            return data;
        }
    }

    // ONNX Runtime fuses DequantizeLinear and MatMul, not Gemm, and then rounds activations to 8 bits.
    [Theory]
    [MemberData(nameof(Blocks))]
    public void Weights_in_blocks_multiply_as_what_they_stand_for(GraphPrecision precision, GraphFlavour flavour, int size, bool zeros, bool gemm)
    {
        var settings = new PrecisionSettings { Precision = precision, Flavour = flavour, BlockSize = size, BlockZeroPoints = zeros, AccuracyLevel = 1 };
        OnnxDocument document = PrecisionSupport.Apply(settings, document: Product(gemm)).Document;
        var layout = new MatrixLayout(Inputs, Outputs, gemm);
        var format = new BlockFormat(precision == GraphPrecision.Int4Weights ? 4 : 8, size, !zeros);
        float[] weights = Weights(layout);
        BlockCode[] blocks = BlockRounding.Blocks(weights, layout, format);

        float[] actual = OnnxRun.Once(document, Activations(), Rows, Inputs);

        FloatAssert.Close(Expected((input, output) =>
        {
            BlockCode block = blocks[(output * format.BlocksOf(Inputs)) + (input / size)];
            return (block.Code(weights[layout.Index(input, output)], format) - block.Zero) * (double)block.Scale;
        }), actual, flavour == GraphFlavour.Portable && !gemm ? 1e-2 : 2e-5);
    }

    [Theory]
    [InlineData(GraphFlavour.Ort, false, false)]
    [InlineData(GraphFlavour.Ort, true, false)]
    [InlineData(GraphFlavour.Portable, false, false)]
    [InlineData(GraphFlavour.Portable, true, false)]
    [InlineData(GraphFlavour.Ort, false, true)]
    [InlineData(GraphFlavour.Portable, false, true)]
    public void A_dynamic_product_is_that_of_its_codes(GraphFlavour flavour, bool gemm, bool reduce)
    {
        OnnxDocument document = PrecisionSupport.Apply(new PrecisionSettings { Precision = GraphPrecision.Int8Dynamic, Flavour = flavour, ReduceRange = reduce }, document: Product(gemm)).Document;
        var layout = new MatrixLayout(Inputs, Outputs, gemm);
        float[] weights = Weights(layout), activations = Activations();
        int most = reduce ? 63 : 127;
        float[] scales = WeightRounding.ScalesOf(weights, layout, most);

        // As DynamicQuantizeLinear is defined: over the range with zero in it.
        float low = Math.Min(0, activations.Min()), scale = (Math.Max(0, activations.Max()) - low) / 255, zero = MathF.Round(-low / scale);
        double[] rounded = [.. activations.Select(value => (Math.Clamp(MathF.Round(value / scale) + zero, 0, 255) - zero) * (double)scale)];

        float[] actual = OnnxRun.Once(document, activations, Rows, Inputs);

        FloatAssert.Close(Expected((input, output) => WeightRounding.Code(weights[layout.Index(input, output)], scales[output], most) * (double)scales[output], rounded), actual, 2e-5);
    }

    // Counted from the mean byte: what rounding does to a weight is multiplied by the distance from it.
    [Theory]
    [InlineData(GraphPrecision.Int8Dynamic, GraphFlavour.Ort)]
    [InlineData(GraphPrecision.Int8Dynamic, GraphFlavour.Portable)]
    [InlineData(GraphPrecision.Int8Static, GraphFlavour.Ort)]
    public void A_product_of_bytes_rounds_no_byte(GraphPrecision precision, GraphFlavour flavour)
    {
        byte[] clip = SeededFloats.Bytes(2 * 2 * 2 * 3, seed: 3);
        var graph = new GraphBuilder("test");
        Value bytes = graph.Node("Reshape", [graph.Input("video", ElementType.UInt8, "batch", 2, 2, 2, 3), graph.Integers(-1, 24)]);
        float[] weights = SeededFloats.Uniform(24 * Outputs, seed: 4, scale: 0.01f);
        Value product = graph.Node("MatMul", [graph.Node("Cast", [bytes], ("to", (long)ElementType.Float)), graph.Floats("w", [24, Outputs], weights)]);
        graph.Output("y", graph.Node("Add", [product, graph.Floats("b", [Outputs], Bias())]), ElementType.Float, "batch", Outputs);
        float[] scales = WeightRounding.ScalesOf(weights, new MatrixLayout(24, Outputs, false), 127);

        OnnxDocument document = PrecisionSupport.Apply(new PrecisionSettings { Precision = precision, Flavour = flavour }, new CalibrationSet([clip], new InputGeometry(2, 2, 2)), graph.Build()).Document;

        double[] expected = [.. Enumerable.Range(0, Outputs).Select(output => Bias()[output] + Enumerable.Range(0, 24).Sum(input =>
        {
            float weight = weights[(input * Outputs) + output];
            return (WeightRounding.Code(weight, scales[output], 127) * (double)scales[output] * (clip[input] - 114)) + (114.0 * weight);
        }))];
        FloatAssert.Close(expected, GraphRun.Of(document, clip, [1, 2, 2, 2, 3], null, "y")["y"], 1e-5);
        Assert.DoesNotContain("QuantizeLinear", PrecisionSupport.Operators(document).Keys);
    }

    private static double[] Expected(Func<int, int, double> weight, double[]? activations = null)
    {
        activations ??= [.. Activations().Select(value => (double)value)];
        return [.. from row in Enumerable.Range(0, Rows) from output in Enumerable.Range(0, Outputs) select Enumerable.Range(0, Inputs).Sum(input => activations[(row * Inputs) + input] * weight(input, output)) + Bias()[output]];
    }

    private static OnnxDocument Product(bool gemm)
    {
        var graph = new GraphBuilder("test", new GraphStyle(GraphFlavour.Portable, 21));
        Value x = graph.Input("x", ElementType.Float, "rows", Inputs), bias = graph.Floats("b", [Outputs], Bias());
        float[] weights = Weights(new MatrixLayout(Inputs, Outputs, gemm));
        Value y = gemm
            ? graph.Node("Gemm", [x, graph.Floats("w", [Outputs, Inputs], weights), bias], ("transB", 1))
            : graph.Node("Add", [graph.Node("MatMul", [x, graph.Floats("w", [Inputs, Outputs], weights)]), bias]);
        graph.Output("y", y, ElementType.Float, "rows", Outputs);
        return graph.Build();
    }

    private static float[] Weights(MatrixLayout layout) => SeededFloats.Uniform(layout.Inputs * layout.Outputs, seed: 4, scale: 0.2f);

    private static float[] Bias() => SeededFloats.Uniform(Outputs, seed: 5);

    private static float[] Activations() => [.. SeededFloats.Uniform(Rows * Inputs, seed: 6).Select(value => value + 0.3f)];
}
