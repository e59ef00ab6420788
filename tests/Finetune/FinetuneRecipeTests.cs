using Unreel.Finetune;
using Unreel.Modeling;
using Unreel.Pipelines;
using Unreel.Video;

namespace Unreel.Stages.Tests;

public sealed class FinetuneRecipeTests
{
    private static readonly FinetuneOptions Options = new() { Clips = StageInput.Parse("clips/some:latest") };

    [Fact]
    public void The_full_recipe_is_videomaes()
    {
        FinetuneRecipe recipe = Of(FinetunePreset.Videomae);

        Assert.Equal((0.8, 1.0, 0.25, 0.08, 0.2, 0.1, 2), (recipe.Mixup, recipe.Cutmix, recipe.Erasing, recipe.MinArea, recipe.DropPath, recipe.LabelSmoothing, recipe.RepeatedAugmentation));
        Assert.Equal(RandAugment.Parse("rand-m7-n4-mstd0.5-inc1"), recipe.RandAugment);
        Assert.Equal((ClassifierHead.Linear, null, OptimiserKind.AdamW, 5e-4, 0.75, 0.05), (recipe.Head, recipe.Frozen, recipe.Optimiser, recipe.BaseLearningRate, recipe.LayerDecay, recipe.WeightDecay));
    }

    [Theory]
    [InlineData(FinetunePreset.LinearProbe, ClassifierHead.Linear, OptimiserKind.AdamW, 1e-2, 0)]
    [InlineData(FinetunePreset.LinearProbeSgd, ClassifierHead.BatchNorm, OptimiserKind.Sgd, 0.1, 0)]
    [InlineData(FinetunePreset.AttentiveProbe, ClassifierHead.Attentive, OptimiserKind.AdamW, 1e-3, 0.01)]
    public void Probes_freeze_everything_and_change_nothing_by_chance(FinetunePreset preset, ClassifierHead head, OptimiserKind optimiser, double rate, double decay)
    {
        FinetuneRecipe recipe = Of(preset);

        Assert.Equal((head, int.MaxValue, optimiser, rate, decay), (recipe.Head, recipe.Frozen, recipe.Optimiser, recipe.BaseLearningRate, recipe.WeightDecay));
        Assert.Equal((1.0, 0.0, 0.0, 0.0, 0.0, 0.0, null, 1), (recipe.LayerDecay, recipe.DropPath, recipe.LabelSmoothing, recipe.Mixup, recipe.Cutmix, recipe.Erasing, recipe.RandAugment, recipe.RepeatedAugmentation));
    }

    [Fact]
    public void What_is_given_replaces_the_recipes_value()
    {
        FinetuneRecipe recipe = FinetuneRecipe.Of(Options with { Recipe = FinetunePreset.Videomae, RandAugment = "none", Mixup = 0, DropPath = 0, Freeze = "3", Optimiser = "sgd" });

        Assert.Equal((null, 0.0, 1.0, 0.0, 3, OptimiserKind.Sgd), (recipe.RandAugment, recipe.Mixup, recipe.Cutmix, recipe.DropPath, recipe.Frozen, recipe.Optimiser));
        Assert.Null(FinetuneRecipe.Of(Options with { Recipe = FinetunePreset.LinearProbe, Freeze = "none" }).Frozen);
    }

    [Fact]
    public void Values_that_do_not_go_together_are_named()
    {
        Refused<UsageException>(Options with { Mixup = 0.8, BatchSize = 4, Accumulate = 4 }, "mixup mixes the clips of a batch with one another: batch_size / accumulate is 1, expected at least 2");
        Refused<UsageException>(Options with { Cutmix = 1, BatchSize = 1 }, "cutmix");
        Refused<UsageException>(Options with { Head = ClassifierHead.BatchNorm, BatchSize = 1 }, "head batch_norm takes statistics over a batch");
        Refused<UsageException>(Options with { RepeatedAugmentation = 3, BatchSize = 16 }, "batch_size is 16, expected a multiple of 3");
        Refused<VideoException>(Options with { RandAugment = "rand-n2" }, "rand_augment: expected e.g. \"rand-m7-n4-mstd0.5-inc1\", found \"rand-n2\"");
    }

    private static FinetuneRecipe Of(FinetunePreset preset) => FinetuneRecipe.Of(Options with { Recipe = preset });

    private static void Refused<T>(FinetuneOptions options, string reason)
        where T : Exception =>
        Assert.Contains(reason, Assert.Throws<T>(() => FinetuneRecipe.Of(options)).Message, StringComparison.Ordinal);
}
