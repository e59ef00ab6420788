using static TorchSharp.torch;

namespace Unreel.Modeling.Tests;

public sealed class InitialiserTests
{
    [Fact]
    public void The_same_seed_gives_the_same_values_and_another_seed_others()
    {
        Assert.Equal(Pretrained(1)["encoder.blocks.0.mlp.fc1.weight"], Pretrained(1)["encoder.blocks.0.mlp.fc1.weight"]);
        Assert.NotEqual(Pretrained(1)["encoder.blocks.0.mlp.fc1.weight"], Pretrained(2)["encoder.blocks.0.mlp.fc1.weight"]);
        Assert.NotEqual(Pretrained(1)["encoder.blocks.0.mlp.fc1.weight"], Pretrained(1)["encoder.blocks.1.mlp.fc1.weight"]);
    }

    [Fact]
    public void Pretraining_starts_as_videomae_does()
    {
        Dictionary<string, float[]> values = Pretrained(1);

        Range(values["encoder.blocks.0.mlp.fc1.weight"], Math.Sqrt(6.0 / (12 + 24)));
        Range(values["encoder.patch_embed.proj.weight"], 1 / Math.Sqrt(384));
        Assert.All(values["mask_token"], value => Assert.InRange(Math.Abs(value), 1e-9, 0.02));
        Assert.All(values["encoder.blocks.0.attn.q_bias"], value => Assert.Equal(0, value));
        Assert.All(values["encoder.norm.weight"], value => Assert.Equal(1, value));
        Assert.All(values["encoder.norm.bias"], value => Assert.Equal(0, value));
    }

    [Fact]
    public void Finetuning_starts_with_a_head_a_thousand_times_smaller()
    {
        using var classifier = new Classifier(Micro.Shape, 200, CPU);
        Initialiser.Finetuning(classifier, 1);
        Dictionary<string, float[]> values = All(classifier);

        Assert.InRange(Deviation(values["blocks.0.attn.qkv.weight"]), 0.017, 0.023);
        Assert.InRange(Deviation(values["head.weight"]), 1.9e-5, 2.1e-5);
        Assert.All(values["head.bias"], value => Assert.Equal(0, value));
    }

    private static Dictionary<string, float[]> Pretrained(ulong seed)
    {
        using var model = new PretrainingModel(Micro.Shape, Micro.Shape.CubeValues, CPU);
        Initialiser.Pretraining(model, seed);
        return All(model);
    }

    private static Dictionary<string, float[]> All(nn.Module module) =>
        Parameters.Of(module).ToDictionary(entry => entry.Name, entry => Parameters.Get(entry.Parameter));

    private static void Range(float[] values, double bound)
    {
        Assert.InRange(values.Max(), 0.9 * bound, bound);
        Assert.InRange(values.Min(), -bound, -0.9 * bound);
    }

    private static double Deviation(float[] values) => Math.Sqrt(values.Average(value => (double)value * value));
}
