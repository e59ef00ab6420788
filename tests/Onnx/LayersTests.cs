namespace Unreel.Onnx.Tests;

/// <summary>Every operator function against the same computation in loops.</summary>
public sealed class LayersTests
{
    // Worst differences seen are below 2e-6, for values of about 3.
    private const double Tolerance = 1e-5;

    private static readonly ClassifierShape Shape = TinyClassifier.Shape;
    private static readonly WeightSet Weights = TinyClassifier.Weights();
    private readonly Reference _reference = new(Shape, Weights);

    [Theory]
    [InlineData(1, 3)]
    [InlineData(4, 8)]
    public void LayerNorm_matches_loops(int clips, int tokens)
    {
        float[] x = SeededFloats.Uniform(clips * tokens * Shape.Width, seed: 1, scale: 3);

        float[] y = OnnxRun.Once((graph, value) => Layers.LayerNorm(graph, value, Scope("fc_norm"), Shape.Width, Shape.Epsilon), x, clips, tokens, Shape.Width);

        FloatAssert.Close(Rows(x, Shape.Width, row => Reference.LayerNorm(row, W("fc_norm.weight"), W("fc_norm.bias"), Shape.Epsilon)), y, Tolerance);
    }

    [Fact]
    public void LayerNorm_of_equal_values_is_the_bias()
    {
        float[] x = Enumerable.Repeat(5f, Shape.Width).ToArray();

        float[] y = OnnxRun.Once((graph, value) => Layers.LayerNorm(graph, value, Scope("fc_norm"), Shape.Width, Shape.Epsilon), x, 1, 1, Shape.Width);

        FloatAssert.Close([.. W("fc_norm.bias").Select(bias => (double)bias)], y, Tolerance);
    }

    [Theory]
    [InlineData(1, 3)]
    [InlineData(2, 5)]
    public void Linear_matches_loops(int clips, int tokens)
    {
        float[] x = SeededFloats.Uniform(clips * tokens * Shape.Width, seed: 2);

        float[] y = OnnxRun.Once((graph, value) => Layers.Linear(graph, value, Scope("blocks.0.mlp.fc1"), Shape.Width, Shape.Hidden), x, clips, tokens, Shape.Width);

        FloatAssert.Close(Rows(x, Shape.Width, row => Reference.Linear(row, W("blocks.0.mlp.fc1.weight"), W("blocks.0.mlp.fc1.bias"))), y, Tolerance);
    }

    [Fact]
    public void Head_matches_loops()
    {
        float[] x = SeededFloats.Uniform(3 * Shape.Width, seed: 3);

        float[] y = OnnxRun.Once((graph, value) => Layers.Head(graph, value, Scope("head"), Shape.Width, Shape.Classes), x, 3, Shape.Width);

        FloatAssert.Close(Rows(x, Shape.Width, row => Reference.Linear(row, W("head.weight"), W("head.bias"))), y, Tolerance);
    }

    [Fact]
    public void Gelu_is_the_exact_one()
    {
        float[] x = [-6, -3, -1, -0.5f, 0, 0.5f, 1, 3, 6];

        float[] y = OnnxRun.Once(StandardOperators.Gelu, x, x.Length);

        // The tanh approximation is 3e-4 away at 3 and would not pass.
        FloatAssert.Close([.. x.Select(value => Reference.Gelu(value))], y, 1e-6);
        Assert.Equal(0.8413447f, y[6], 6);
    }

    [Fact]
    public void Mlp_matches_loops()
    {
        float[] x = SeededFloats.Uniform(4 * Shape.Width, seed: 4);

        float[] y = OnnxRun.Once((graph, value) => Layers.Mlp(graph, value, Scope("blocks.1.mlp"), Shape.Width, Shape.Hidden), x, 2, 2, Shape.Width);

        FloatAssert.Close(Rows(x, Shape.Width, row => _reference.Mlp(row, "blocks.1.mlp")), y, Tolerance);
    }

    [Theory]
    [InlineData(1, 1)]
    [InlineData(1, 7)]
    [InlineData(3, 4)]
    public void Attention_matches_loops(int clips, int tokens)
    {
        float[] x = SeededFloats.Uniform(clips * tokens * Shape.Width, seed: 5, scale: 2);

        float[] y = OnnxRun.Once((graph, value) => SelfAttention.Write(graph, value, Scope("blocks.0.attn"), Shape.Width, Shape.Heads), x, clips, tokens, Shape.Width);

        FloatAssert.Close(Clips(x, tokens, clip => _reference.Attention(clip, "blocks.0.attn")), y, Tolerance);
    }

    [Theory]
    [InlineData(1, 8)]
    [InlineData(3, 5)]
    public void Block_matches_loops(int clips, int tokens)
    {
        float[] x = SeededFloats.Uniform(clips * tokens * Shape.Width, seed: 6, scale: 2);

        float[] y = OnnxRun.Once((graph, value) => Layers.Block(graph, value, Scope("blocks.1"), Shape.Block), x, clips, tokens, Shape.Width);

        FloatAssert.Close(Clips(x, tokens, clip => _reference.Block(clip, "blocks.1")), y, Tolerance);
    }

    private static WeightScope Scope(string path) => new WeightScope(Weights)[path];

    private static float[] W(string name) => Weights.TryGet(name, out Weight weight) ? weight.Read().ToArray() : [];

    private static double[] Rows(float[] values, int width, Func<double[], double[]> function) =>
        [.. values.Select(value => (double)value).Chunk(width).SelectMany(function)];

    private static double[] Clips(float[] values, int tokens, Func<double[][], double[][]> function) =>
        [.. values.Select(value => (double)value).Chunk(Shape.Width).Chunk(tokens).SelectMany(function).SelectMany(row => row)];
}
