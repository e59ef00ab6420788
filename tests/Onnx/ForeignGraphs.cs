using Unreel.Onnx.Format;

namespace Unreel.Onnx.Tests;

/// <summary>Models as others might make them: the mean of each channel is the logit of a class.</summary>
internal static class ForeignGraphs
{
    public const int Frames = 4;
    public const int Size = 16;

    public static string[] Labels { get; } = ["red", "green", "blue"];

    /// <summary>A model of one input and one output.</summary>
    /// <param name="layout">Order of the input's extents.</param>
    /// <param name="type">The input's elements.</param>
    /// <param name="end">A node after the logits, such as Softmax; null for none.</param>
    /// <param name="extents">The input's extents; null for an open batch and the rest as usual.</param>
    /// <param name="change">What is changed about the model afterwards.</param>
    /// <param name="input">The input's name.</param>
    /// <param name="output">The output's name.</param>
    public static OnnxDocument Write(
        string layout = "bcthw", ElementType type = ElementType.Float, string? end = null, Dimension[]? extents = null, Action<ModelProto>? change = null, string input = "x", string output = "y")
    {
        var graph = new GraphBuilder("foreign");
        Value x = graph.Input(input, type, extents ?? Extents(layout, "n"));
        Value floats = type == ElementType.Float ? x : graph.Node("Cast", [x], ("to", (long)ElementType.Float));
        long[] others = [.. Enumerable.Range(1, (extents?.Length ?? layout.Length) - 1).Where(axis => layout[axis] != 'c').Select(axis => (long)axis)];
        Value logits = graph.Node("ReduceMean", [floats], ("axes", others), ("keepdims", 0));
        Value last = end is null ? logits : end == "Sigmoid" ? graph.Node(end, [logits]) : graph.Node(end, [logits], ("axis", -1));
        graph.Output(output, last, ElementType.Float, extents is null ? ["n", 3] : []);
        OnnxDocument document = graph.Build();
        change?.Invoke(document.Model);
        return document;
    }

    public static Dimension[] Extents(string layout, Dimension batch) =>
        [.. layout.Select(letter => letter switch { 'b' => batch, 't' => Frames, 'c' => 3, _ => (Dimension)Size })];

    /// <summary>Clips of noise, uint8 [count, t, h, w, 3].</summary>
    public static byte[] Clips(int count) => [.. SeededFloats.Uniform(count * Frames * Size * Size * 3, seed: 5, scale: 1).Select((value, at) => (byte)(((value + 1) * 60) + (at % 3 * 40)))];

    /// <summary>What the model should say of one of them.</summary>
    public static double[] Logits(byte[] clips, int clip, ForeignOptions options)
    {
        double[] sums = new double[3];
        int bytes = Frames * Size * Size * 3;
        for (int at = 0; at < bytes; at++)
            sums[at % 3] += clips[(clip * bytes) + at];

        double[] logits = [.. sums.Select((sum, channel) => ((sum / (bytes / 3) / 255 * options.White) - options.Mean[channel]) / options.Std[channel])];
        return options.IsBgr ? [logits[2], logits[1], logits[0]] : logits;
    }
}
