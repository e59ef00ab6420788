using static TorchSharp.torch;

namespace Unreel.Modeling.Tests;

/// <summary>Names are a contract: with them weights move between this project, VideoMAE's checkpoints and the exporter.</summary>
public sealed class StateDictTests
{
    private static readonly string[] BlockNames =
    [
        "attn.proj.bias", "attn.proj.weight", "attn.q_bias", "attn.qkv.weight", "attn.v_bias",
        "mlp.fc1.bias", "mlp.fc1.weight", "mlp.fc2.bias", "mlp.fc2.weight",
        "norm1.bias", "norm1.weight", "norm2.bias", "norm2.weight",
    ];

    [Fact]
    public void The_autoencoder_has_videomaes_names()
    {
        using var model = new PretrainingModel(Micro.Shape, Micro.Shape.CubeValues, CPU);

        string[] expected =
        [
            .. Blocks("decoder.", 1), "decoder.head.bias", "decoder.head.weight", "decoder.norm.bias", "decoder.norm.weight",
            .. Blocks("encoder.", 2), "encoder.norm.bias", "encoder.norm.weight", "encoder.patch_embed.proj.bias", "encoder.patch_embed.proj.weight",
            "encoder_to_decoder.weight", "mask_token",
        ];
        Assert.Equal(expected, model.state_dict().Keys.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Further_decoders_a_regressor_and_a_sampler_have_names_of_their_own()
    {
        DecoderPlan[] decoders = [new("pixels", Micro.Shape, 384), new("hog", Micro.Shape, 27)];
        using var plain = new PretrainingModel(Micro.Shape, 384, CPU);
        using var sampled = new PretrainingModel(Micro.Shape, decoders, 0, hasSampler: true, CPU);
        using var regressed = new PretrainingModel(Micro.Shape, decoders, 1, hasSampler: false, CPU);

        string[] second = ["decoder_hog.encoder_to_decoder.weight", .. Blocks("decoder_hog.decoder.", 1), "decoder_hog.decoder.norm.weight", "decoder_hog.decoder.norm.bias", "decoder_hog.decoder.head.weight", "decoder_hog.decoder.head.bias"];
        string[] sampler = [.. BlockNames.Select(name => $"sampler.block.{name}"), "sampler.head.weight", "sampler.head.bias"];
        Assert.Equal(Sorted([.. plain.state_dict().Keys, .. second, "decoder_hog.mask_token", .. sampler]), Sorted(sampled.state_dict().Keys));

        // The regressor's mask token takes the place of the decoders'.
        string[] cross = [.. BlockNames.Where(name => !name.StartsWith("attn.", StringComparison.Ordinal)), "attn.q.weight", "attn.q.bias", "attn.k.weight", "attn.v.weight", "attn.v.bias", "attn.proj.weight", "attn.proj.bias"];
        string[] regressor = ["regressor.mask_token", "regressor.norm.weight", "regressor.norm.bias", .. cross.Select(name => $"regressor.blocks.0.{name}")];
        Assert.Equal(Sorted([.. plain.state_dict().Keys.Where(name => name != "mask_token"), .. second, .. regressor]), Sorted(regressed.state_dict().Keys));
    }

    [Fact]
    public void The_classifier_has_videomaes_names()
    {
        using var model = new Classifier(Micro.Shape, 3, CPU);

        string[] expected =
        [
            .. Blocks(string.Empty, 2), "fc_norm.bias", "fc_norm.weight", "head.bias", "head.weight",
            "patch_embed.proj.bias", "patch_embed.proj.weight",
        ];
        Assert.Equal(expected, model.state_dict().Keys.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void A_learned_pooling_adds_names_of_its_own_and_no_others()
    {
        using var mean = new Classifier(Micro.Shape, 3, CPU);
        using var attentive = new Classifier(Micro.Shape, 3, CPU, TokenPooling.Attentive);

        string[] expected =
        [
            "pool.attn.kv.bias", "pool.attn.kv.weight", "pool.attn.proj.bias", "pool.attn.proj.weight", "pool.attn.q.bias", "pool.attn.q.weight",
            "pool.mlp.fc1.bias", "pool.mlp.fc1.weight", "pool.mlp.fc2.bias", "pool.mlp.fc2.weight",
            "pool.norm1.bias", "pool.norm1.weight", "pool.norm2.bias", "pool.norm2.weight", "pool.query",
        ];
        Assert.Equal(expected, attentive.state_dict().Keys.Except(mean.state_dict().Keys).Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData("encoder.patch_embed.proj.weight", new long[] { 12, 3, 2, 8, 8 })]
    [InlineData("encoder.blocks.0.attn.qkv.weight", new long[] { 36, 12 })]
    [InlineData("encoder_to_decoder.weight", new long[] { 8, 12 })]
    [InlineData("mask_token", new long[] { 1, 1, 8 })]
    [InlineData("decoder.head.weight", new long[] { 384, 8 })]
    public void Tensors_have_videomaes_shapes(string name, long[] shape)
    {
        using var model = new PretrainingModel(Micro.Shape, Micro.Shape.CubeValues, CPU);

        Assert.Equal(shape, model.state_dict()[name].shape);
    }

    private static string[] Sorted(IEnumerable<string> names) => [.. names.Order(StringComparer.Ordinal)];

    private static IEnumerable<string> Blocks(string prefix, int count) =>
        Enumerable.Range(0, count).SelectMany(block => BlockNames.Select(name => $"{prefix}blocks.{block}.{name}"));
}
