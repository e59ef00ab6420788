namespace Unreel.Modeling;

/// <summary>
/// The names of Hugging Face's VideoMAE for our parameters. Query, key and value are three tensors there and one here, its
/// rows in that order; all else has the same dimensions.
/// </summary>
internal static class HuggingFaceNames
{
    /// <summary>What stands before the names of the encoder in all its models but the bare one.</summary>
    public const string Prefix = "videomae.";

    private const string QueryKeyValue = ".attn.qkv.weight";

    private static readonly (string Ours, string Theirs)[] BlockParts =
    [
        (".norm1.", ".layernorm_before."),
        (".norm2.", ".layernorm_after."),
        (".attn.proj.", ".attention.output.dense."),
        (".attn.q_bias", ".attention.attention.q_bias"),
        (".attn.v_bias", ".attention.attention.v_bias"),
        (".mlp.fc1.", ".intermediate.dense."),
        (".mlp.fc2.", ".output.dense."),
    ];

    /// <summary>The tensors whose rows, one after another, are our parameter.</summary>
    /// <param name="ours">Our name, of an autoencoder or a classifier.</param>
    /// <param name="prefix"><see cref="Prefix"/>, or nothing for the bare encoder.</param>
    public static string[] Of(string ours, string prefix)
    {
        if (!ours.EndsWith(QueryKeyValue, StringComparison.Ordinal))
            return [Translated(ours, prefix)];

        string block = Translated(ours[..^QueryKeyValue.Length], prefix);
        return [$"{block}.attention.attention.query.weight", $"{block}.attention.attention.key.weight", $"{block}.attention.attention.value.weight"];
    }

    private static string Translated(string ours, string prefix)
    {
        if (ours.StartsWith("decoder.", StringComparison.Ordinal))
            return Block(ours.Replace("decoder.blocks.", "decoder.decoder_layers.", StringComparison.Ordinal));
        if (ours.StartsWith("head.", StringComparison.Ordinal))
            return $"classifier.{ours["head.".Length..]}";
        if (ours.StartsWith("fc_norm.", StringComparison.Ordinal) || ours is "mask_token" or "encoder_to_decoder.weight")
            return ours;

        string bare = ours.StartsWith(ParameterTable.EncoderPrefix, StringComparison.Ordinal) ? ours[ParameterTable.EncoderPrefix.Length..] : ours;
        return prefix + Block(bare)
            .Replace("patch_embed.proj.", "embeddings.patch_embeddings.projection.", StringComparison.Ordinal)
            .Replace("blocks.", "encoder.layer.", StringComparison.Ordinal)
            .Replace("norm.", "layernorm.", StringComparison.Ordinal);
    }

    private static string Block(string name) =>
        BlockParts.Aggregate(name, (text, part) => text.Replace(part.Ours, part.Theirs, StringComparison.Ordinal));
}
