using Microsoft.ML.OnnxRuntime;

namespace Unreel.Onnx.Tests;

internal static class SeededFloats
{
    /// <summary>Values spread evenly over -<paramref name="scale"/> to <paramref name="scale"/>.</summary>
    internal static float[] Uniform(int count, int seed, float scale = 1)
    {
        var random = new Random(seed);
        float[] values = new float[count];
        for (int i = 0; i < count; i++)
            values[i] = scale * ((2 * random.NextSingle()) - 1);
        return values;
    }

    internal static byte[] Bytes(long count, int seed)
    {
        byte[] bytes = new byte[count];
        new Random(seed).NextBytes(bytes);
        return bytes;
    }
}

internal static class OnnxRun
{
    /// <summary>Runs a graph with one float input and one float output, called <c>y</c>.</summary>
    internal static float[] Once(GraphBuilder graph, float[] input, params long[] shape) => Once(graph.Build(), input, shape);

    /// <summary>Runs a document with one float input and one float output, called <c>y</c>.</summary>
    internal static float[] Once(OnnxDocument document, float[] input, params long[] shape)
    {
        using var session = new InferenceSession(document.ToArray());
        using var value = OrtValue.CreateTensorValueFromMemory(input, shape);
        using var options = new RunOptions();
        using var outputs = session.Run(options, session.InputNames, [value], ["y"]);
        return outputs[0].GetTensorDataAsSpan<float>().ToArray();
    }

    /// <summary>Runs what <paramref name="write"/> writes on one float input.</summary>
    internal static float[] Once(Func<GraphBuilder, Value, Value> write, float[] input, params long[] shape)
    {
        var graph = new GraphBuilder("test");
        var extents = shape.Select((_, axis) => (Dimension)$"d{axis}").ToArray();
        Value y = write(graph, graph.Input("x", ElementType.Float, extents));
        graph.Output("y", y, ElementType.Float);
        return Once(graph, input, shape);
    }
}
