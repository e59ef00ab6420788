using Microsoft.ML.OnnxRuntime;

namespace Unreel.Onnx.Tests;

/// <summary>Runs a document on video bytes.</summary>
internal static class GraphRun
{
    /// <summary>The named outputs: floats as they are, bytes as floats.</summary>
    internal static Dictionary<string, float[]> Of(OnnxDocument document, byte[] video, long[] shape, long[]? visible, params string[] outputs) =>
        Of(document.ToArray(), video, shape, visible, outputs);

    /// <inheritdoc cref="Of(OnnxDocument, byte[], long[], long[], string[])"/>
    internal static Dictionary<string, float[]> Of(byte[] model, byte[] video, long[] shape, long[]? visible, params string[] outputs)
    {
        using var session = new InferenceSession(model);
        using var clips = OrtValue.CreateTensorValueFromMemory(video, shape);
        using OrtValue? tokens = visible is null ? null : OrtValue.CreateTensorValueFromMemory(visible, [shape[0], visible.Length / shape[0]]);
        using var options = new RunOptions();
        (string[] names, OrtValue[] values) = tokens is null ? (["video"], [clips]) : ((string[])["video", "visible"], (OrtValue[])[clips, tokens]);
        using var results = session.Run(options, names, values, outputs);
        return outputs.Index().ToDictionary(output => output.Item, output => Floats(results[output.Index], output.Item));
    }

    private static float[] Floats(OrtValue value, string name) => name == "picture"
        ? [.. value.GetTensorDataAsSpan<byte>().ToArray().Select(item => (float)item)]
        : value.GetTensorDataAsSpan<float>().ToArray();
}
