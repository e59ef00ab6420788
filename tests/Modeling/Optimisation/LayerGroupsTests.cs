using static TorchSharp.torch;

namespace Unreel.Modeling.Tests;

public sealed class LayerGroupsTests
{
    [Theory]
    [InlineData("patch_embed.proj.weight", 0)]
    [InlineData("mask_token", 0)]
    [InlineData("blocks.0.attn.q_bias", 1)]
    [InlineData("blocks.11.mlp.fc2.weight", 12)]
    [InlineData("fc_norm.weight", 13)]
    [InlineData("head.bias", 13)]
    [InlineData("pool.attn.kv.weight", 13)]
    public void Layers_count_from_the_pixels(string name, int layer) => Assert.Equal(layer, LayerGroups.Layer(name, depth: 12));

    [Theory]
    [InlineData("blocks.0.attn.qkv.weight", 2, true)]
    [InlineData("patch_embed.proj.weight", 5, true)]
    [InlineData("blocks.0.norm1.weight", 1, false)]
    [InlineData("head.bias", 1, false)]
    [InlineData("mask_token", 3, false)]
    public void Vectors_and_the_mask_token_do_not_decay(string name, int dimensions, bool decays) =>
        Assert.Equal(decays, LayerGroups.Decays(name, dimensions));

    [Fact]
    public void The_scale_falls_by_the_decay_with_every_layer_down()
    {
        using var classifier = new Classifier(Micro.Shape, 3, CPU);
        var settings = new OptimiserSettings { LayerDecay = 0.5, WeightDecay = 0.05 };

        IReadOnlyList<LayerGroup> groups = LayerGroups.Split(Parameters.Of(classifier), Micro.Shape.Depth, settings);

        Assert.Equal([0.125, 0.125, 0.25, 0.25, 0.5, 0.5, 1, 1], groups.Select(group => group.Scale));
        Assert.Equal([0, 0.05, 0, 0.05, 0, 0.05, 0, 0.05], groups.Select(group => group.WeightDecay));
        Assert.Equal(["patch_embed.proj.bias"], groups[0].Members.Select(member => member.Name));
        Assert.Equal(["head.weight"], groups[7].Members.Select(member => member.Name));
        Assert.Equal(Parameters.Of(classifier).Count, groups.Sum(group => group.Members.Count));
    }

    [Fact]
    public void Without_layer_decay_there_are_two_groups()
    {
        using var model = new PretrainingModel(Micro.Shape, Micro.Shape.CubeValues, CPU);

        Assert.Equal([0, 0.05], LayerGroups.Split(Parameters.Of(model), Micro.Shape.Depth, new OptimiserSettings()).Select(group => group.WeightDecay));
    }
}
