namespace Unreel.Modeling;

/// <summary>The names and dimensions of a network's parameters, VideoMAE's and ours, known without making the network.</summary>
internal static class ParameterTable
{
    /// <summary>The fixed positions that a classifier's weights may bring along, [1, tokens, width].</summary>
    public const string Positions = "pos_embed";

    /// <summary>What an autoencoder puts before the encoder's names.</summary>
    public const string EncoderPrefix = "encoder.";

    /// <summary>Lists the parameters of what a description is of.</summary>
    public static IReadOnlyList<(string Name, long[] Shape)> Of(ModelDescription model) =>
        model.Kind == ModelKind.Autoencoder ? [.. Autoencoder(model)] : [.. Classifier(model.Shape, model.Labels.Count)];

    /// <summary>The decoders of an autoencoder, VideoMAE's where the description names none.</summary>
    public static IReadOnlyList<DecoderPlan> Decoders(ModelDescription model) => model.Decoders.Count == 0
        ? [new DecoderPlan("values", model.Shape, model.Shape.CubeValues)]
        : [.. model.Decoders.Select(decoder => decoder.Plan(model.Shape))];

    private static IEnumerable<(string Name, long[] Shape)> Classifier(VideoTransformerShape shape, int labels) =>
    [
        .. Encoder(string.Empty, shape),
        .. Norm("fc_norm", shape.Width),
        ("head.weight", [labels, shape.Width]),
        ("head.bias", [labels]),
    ];

    private static IEnumerable<(string Name, long[] Shape)> Autoencoder(ModelDescription model)
    {
        (VideoTransformerShape shape, bool hasMaskTokens) = (model.Shape, model.RegressorDepth == 0);
        return
        [
            .. Encoder(EncoderPrefix, shape),
            .. Norm("encoder.norm", shape.Width),
            .. Decoders(model).SelectMany((plan, index) => Decoder(index == 0 ? string.Empty : $"{PretrainingModel.DecoderName(plan.Name)}.", plan, hasMaskTokens)),
            .. hasMaskTokens ? [] : Regressor(shape, model.RegressorDepth),
            .. model.HasSampler ? Sampler(shape) : [],
        ];
    }

    private static IEnumerable<(string Name, long[] Shape)> Decoder(string prefix, DecoderPlan plan, bool hasMaskToken)
    {
        (int width, int depth) = (plan.Shape.DecoderWidth, plan.Shape.DecoderDepth);
        return
        [
            ($"{prefix}encoder_to_decoder.weight", [width, plan.Shape.Width]),
            .. hasMaskToken ? [($"{prefix}mask_token", (long[])[1, 1, width])] : Array.Empty<(string, long[])>(),
            .. Blocks($"{prefix}decoder.", depth, width, 4 * width),
            .. Norm($"{prefix}decoder.norm", width),
            ($"{prefix}decoder.head.weight", [plan.Values, width]),
            ($"{prefix}decoder.head.bias", [plan.Values]),
        ];
    }

    private static IEnumerable<(string Name, long[] Shape)> Regressor(VideoTransformerShape shape, int depth) =>
    [
        ("regressor.mask_token", [1, 1, shape.Width]),
        .. Enumerable.Range(0, depth).SelectMany(block => CrossBlock($"regressor.blocks.{block}", shape.Width, shape.MlpWidth)),
        .. Norm("regressor.norm", shape.Width),
    ];

    private static IEnumerable<(string Name, long[] Shape)> Sampler(VideoTransformerShape shape) =>
    [
        .. Block("sampler.block", shape.Width, shape.MlpWidth),
        ("sampler.head.weight", [1, shape.Width]),
        ("sampler.head.bias", [1]),
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
        .. AfterAttention(path, width, hidden),
    ];

    private static IEnumerable<(string Name, long[] Shape)> CrossBlock(string path, int width, int hidden) =>
    [
        .. Norm($"{path}.norm1", width),
        ($"{path}.attn.q.weight", [width, width]),
        ($"{path}.attn.q.bias", [width]),
        ($"{path}.attn.k.weight", [width, width]),
        ($"{path}.attn.v.weight", [width, width]),
        ($"{path}.attn.v.bias", [width]),
        .. AfterAttention(path, width, hidden),
    ];

    private static IEnumerable<(string Name, long[] Shape)> AfterAttention(string path, int width, int hidden) =>
    [
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
