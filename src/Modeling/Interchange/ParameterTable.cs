namespace Unreel.Modeling;

/// <summary>The names and dimensions of a network's parameters, VideoMAE's and ours, known without making the network.</summary>
internal static class ParameterTable
{
    /// <summary>The fixed positions that a classifier's weights may bring along, [1, tokens, width].</summary>
    public const string Positions = "pos_embed";

    /// <summary>What an autoencoder puts before the encoder's names.</summary>
    public const string EncoderPrefix = "encoder.";

    /// <summary>Lists an autoencoder's parameters, or a classifier's with so many labels.</summary>
    public static IReadOnlyList<(string Name, long[] Shape)> Of(ModelKind kind, VideoTransformerShape shape, int labels) =>
        kind == ModelKind.Autoencoder ? [.. Autoencoder(shape)] : [.. Classifier(shape, labels)];

    private static IEnumerable<(string Name, long[] Shape)> Classifier(VideoTransformerShape shape, int labels) =>
    [
        .. Encoder(string.Empty, shape),
        .. Norm("fc_norm", shape.Width),
        ("head.weight", [labels, shape.Width]),
        ("head.bias", [labels]),
    ];

    private static IEnumerable<(string Name, long[] Shape)> Autoencoder(VideoTransformerShape shape) =>
    [
        .. Encoder(EncoderPrefix, shape),
        .. Norm("encoder.norm", shape.Width),
        ("encoder_to_decoder.weight", [shape.DecoderWidth, shape.Width]),
        ("mask_token", [1, 1, shape.DecoderWidth]),
        .. Blocks("decoder.", shape.DecoderDepth, shape.DecoderWidth, 4 * shape.DecoderWidth),
        .. Norm("decoder.norm", shape.DecoderWidth),
        ("decoder.head.weight", [shape.CubeValues, shape.DecoderWidth]),
        ("decoder.head.bias", [shape.CubeValues]),
    ];

    private static IEnumerable<(string Name, long[] Shape)> Encoder(string prefix, VideoTransformerShape shape) =>
    [
        ($"{prefix}patch_embed.proj.weight", [shape.Width, 3, shape.TubeletSize, shape.PatchSize, shape.PatchSize]),
        ($"{prefix}patch_embed.proj.bias", [shape.Width]),
        .. Blocks(prefix, shape.Depth, shape.Width, shape.MlpWidth),
    ];

    private static IEnumerable<(string Name, long[] Shape)> Blocks(string prefix, int depth, int width, int hidden) =>
        Enumerable.Range(0, depth).SelectMany(block => Block($"{prefix}blocks.{block}", width, hidden));

    private static IEnumerable<(string Name, long[] Shape)> Block(string path, int width, int hidden) =>
    [
        .. Norm($"{path}.norm1", width),
        ($"{path}.attn.q_bias", [width]),
        ($"{path}.attn.v_bias", [width]),
        ($"{path}.attn.qkv.weight", [3 * width, width]),
        ($"{path}.attn.proj.weight", [width, width]),
        ($"{path}.attn.proj.bias", [width]),
        .. Norm($"{path}.norm2", width),
        ($"{path}.mlp.fc1.weight", [hidden, width]),
        ($"{path}.mlp.fc1.bias", [hidden]),
        ($"{path}.mlp.fc2.weight", [width, hidden]),
        ($"{path}.mlp.fc2.bias", [width]),
    ];

    private static IEnumerable<(string Name, long[] Shape)> Norm(string path, int width) => [($"{path}.weight", [width]), ($"{path}.bias", [width])];
}
