namespace Unreel.Modeling;

/// <summary>Finds a network's sizes in the dimensions of its weights, and in the presets what weights do not tell: heads, frames, image size.</summary>
internal static class ShapeInference
{
    private const int DefaultFrames = 16;
    private const int DefaultImageSize = 224;

    /// <summary>Sizes of a network under VideoMAE's names.</summary>
    /// <exception cref="ModelException">A tensor that tells a size is missing or odd, or the heads are not known.</exception>
    public static VideoTransformerShape Of(ForeignWeights weights, WeightImportOptions options)
    {
        string prefix = weights.PartsOf("encoder.norm.weight")[0] == "encoder.norm.weight" && weights.Kind == ModelKind.Autoencoder ? ParameterTable.EncoderPrefix : string.Empty;
        long[] cube = Dimensions(weights, $"{prefix}patch_embed.proj.weight", 5);
        if (cube[1] != 3 || cube[3] != cube[4])
            throw new ModelException($"{weights.Path}: '{prefix}patch_embed.proj.weight' is [{string.Join(", ", cube)}]; expected [width, 3, tubelet, patch, patch].");

        (int width, int depth) = ((int)cube[0], Depth(weights, $"{prefix}blocks."));
        VideoTransformerShape? preset = Presets.Names.Select(Presets.Get).FirstOrDefault(shape => shape.Width == width && shape.Depth == depth);
        var encoder = new VideoTransformerShape
        {
            Frames = options.SourceFrames ?? preset?.Frames ?? DefaultFrames,
            ImageSize = options.SourceImageSize ?? preset?.ImageSize ?? DefaultImageSize,
            TubeletSize = (int)cube[2],
            PatchSize = (int)cube[3],
            Width = width,
            Depth = depth,
            Heads = options.Heads ?? preset?.Heads ?? throw HeadsUnknown(weights, "heads", $"width {width} and depth {depth}"),
            MlpWidth = (int)Dimensions(weights, $"{prefix}blocks.0.mlp.fc1.weight", 2)[0],
            DecoderWidth = preset?.DecoderWidth ?? width,
            DecoderDepth = preset?.DecoderDepth ?? 1,
            DecoderHeads = options.DecoderHeads ?? preset?.DecoderHeads ?? options.Heads ?? 1,
        };
        return weights.Shapes.ContainsKey("encoder_to_decoder.weight") ? WithDecoder(weights, encoder, options) : encoder;
    }

    private static VideoTransformerShape WithDecoder(ForeignWeights weights, VideoTransformerShape encoder, WeightImportOptions options)
    {
        int width = (int)Dimensions(weights, "encoder_to_decoder.weight", 2)[0];
        VideoTransformerShape? preset = Presets.Names.Select(Presets.Get).FirstOrDefault(shape => shape.DecoderWidth == width);
        return encoder with
        {
            DecoderWidth = width,
            DecoderDepth = Depth(weights, "decoder.blocks."),
            DecoderHeads = options.DecoderHeads ?? preset?.DecoderHeads ?? throw HeadsUnknown(weights, "decoder-heads", $"decoder width {width}"),
        };
    }

    private static int Depth(ForeignWeights weights, string prefix)
    {
        int depth = 0;
        while (weights.Shapes.Keys.Any(name => name.StartsWith($"{prefix}{depth}.", StringComparison.Ordinal)))
            depth++;
        return depth > 0 ? depth : throw new ModelException($"{weights.Path} holds no video transformer: there is no tensor '{prefix}0.…' among {Some(weights)}.");
    }

    private static long[] Dimensions(ForeignWeights weights, string name, int count)
    {
        long[]? shape = weights.Shapes.GetValueOrDefault(name);
        return shape is not null && shape.Length == count && shape.All(size => size is > 0 and <= int.MaxValue)
            ? shape
            : throw new ModelException($"{weights.Path} holds no video transformer: expected '{name}' with {count} dimensions, found {(shape is null ? Some(weights) : $"[{string.Join(", ", shape)}]")}.");
    }

    private static string Some(ForeignWeights weights) =>
        $"{weights.Shapes.Count} tensors: {string.Join(", ", weights.Shapes.Keys.Take(8))}{(weights.Shapes.Count > 8 ? ", …" : string.Empty)}";

    private static ModelException HeadsUnknown(ForeignWeights weights, string option, string sizes) =>
        new($"{weights.Path}: weights do not tell the number of attention heads, and no preset has {sizes}. Give --{option}.");
}
