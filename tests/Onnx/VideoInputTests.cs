using Microsoft.ML.OnnxRuntime;

namespace Unreel.Onnx.Tests;

public sealed class VideoInputTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Patch_embedding_and_positions_match_loops(bool centred)
    {
        ClassifierShape shape = TinyClassifier.Shape with { Mean = [0.1f, 0.5f, 0.9f], Std = [0.2f, 0.25f, 0.5f], CentreOverTime = centred };
        WeightSet weights = TinyClassifier.Weights();
        byte[] clip = SeededFloats.Bytes(shape.Frames * shape.Size * shape.Size * 3, seed: 2);

        float[] actual = Run(clip, [1, shape.Frames, shape.Size, shape.Size, 3], (graph, value) => VideoEncoder.Embed(graph, value, new WeightScope(weights), shape, new GraphOptions()));

        FloatAssert.Close([.. new Reference(shape, weights).Embed(clip).SelectMany(token => token)], actual, 1e-5);
    }

    [Fact]
    public void Positions_that_weights_bring_along_take_the_sinusoids_place()
    {
        ClassifierShape shape = TinyClassifier.Shape;
        float[] own = [.. Positions.Table(shape.Tokens, shape.Width).Select(value => value + 1)];
        WeightSet weights = TinyClassifier.Weights();
        weights.Add("pos_embed", [1, shape.Tokens, shape.Width], own);
        byte[] clip = SeededFloats.Bytes(shape.Frames * shape.Size * shape.Size * 3, seed: 2);

        float[] with = Embedded(weights), without = Embedded(TinyClassifier.Weights());

        FloatAssert.Close([.. without.Select(value => value + 1.0)], with, 1e-5);
        Assert.NotEmpty(ClassifierGraph.Write(shape, weights, TinyClassifier.Contract()).ToArray());

        float[] Embedded(WeightSet set) => Run(clip, [1, shape.Frames, shape.Size, shape.Size, 3], (graph, value) => VideoEncoder.Embed(graph, value, new WeightScope(set), shape, new GraphOptions()));
    }

    [Fact]
    public void Positions_are_VideoMAE_s_sinusoid()
    {
        const int tokens = 1568, width = 384;

        float[] table = Positions.Table(tokens, width);

        var places = new (int Token, int Column)[] { (0, 0), (0, 1), (1, 0), (1, 1), (1, 2), (700, 51), (1567, 382), (1567, 383) };
        FloatAssert.Close(
            [.. places.Select(place => Reference.Position(place.Token, place.Column, width))],
            [.. places.Select(place => table[(place.Token * width) + place.Column])],
            1e-6);
        Assert.Equal((0f, 1f, 0.841471f), (table[0], table[1], MathF.Round(table[width], 6)));
    }

    private static float[] Run(byte[] video, long[] shape, Func<GraphBuilder, Value, Value> write)
    {
        var graph = new GraphBuilder("test");
        Value x = graph.Input("video", ElementType.UInt8, "b", shape[1], shape[2], shape[3], shape[4]);
        graph.Output("y", write(graph, x), ElementType.Float);
        using var session = new InferenceSession(graph.Build().ToArray());
        using var value = OrtValue.CreateTensorValueFromMemory(video, shape);
        using var options = new RunOptions();
        using var outputs = session.Run(options, ["video"], [value], ["y"]);
        return outputs[0].GetTensorDataAsSpan<float>().ToArray();
    }
}
