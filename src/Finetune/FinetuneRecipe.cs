using System.Globalization;
using Unreel.Modeling;
using Unreel.Pipelines;
using Unreel.Video;

namespace Unreel.Finetune;

/// <summary>Sets of values for the options that are not given.</summary>
public enum FinetunePreset
{
    /// <summary>Everything is trained, with little augmentation: for a few hundred clips and a few minutes.</summary>
    Plain,

    /// <summary>VideoMAE's: RandAugment, wide crops, erasing, mixup and CutMix, two clips of a video in a batch, drop path .2.</summary>
    Videomae,

    /// <summary>A linear layer on a frozen encoder, as VideoMAE's paper has it: AdamW at 1e-2 without weight decay.</summary>
    LinearProbe,

    /// <summary>A linear layer after a batch norm on a frozen encoder, as MAE's released script has it: SGD at .1, momentum .9.</summary>
    LinearProbeSgd,

    /// <summary>One block of cross-attention from a learned query, and a linear layer, on a frozen encoder, as V-JEPA and VideoPrism have it.</summary>
    AttentiveProbe,
}

/// <summary>The values that a fine-tuning runs with: those given, and the preset's in place of those that are not.</summary>
internal sealed record FinetuneRecipe
{
    private const string None = "none";
    private const string All = "all";
    private const string Sgd = "sgd";

    public ClassifierHead Head { get; init; }

    /// <summary>Blocks that are not trained, all where there are fewer; null for not even the embedding.</summary>
    public int? Frozen { get; init; }

    public OptimiserKind Optimiser { get; init; }

    public double BaseLearningRate { get; init; } = 5e-4;

    public double WeightDecay { get; init; } = 0.05;

    public double LayerDecay { get; init; } = 0.75;

    public double DropPath { get; init; } = 0.1;

    public double LabelSmoothing { get; init; } = 0.1;

    public double MinArea { get; init; } = 0.5;

    public RandAugment? RandAugment { get; init; }

    public double Erasing { get; init; }

    public double Mixup { get; init; }

    public double Cutmix { get; init; }

    public int RepeatedAugmentation { get; init; } = 1;

    /// <summary>Works out the values.</summary>
    /// <exception cref="VideoException"><c>rand_augment</c> cannot be read.</exception>
    /// <exception cref="UsageException">Values do not go together.</exception>
    public static FinetuneRecipe Of(FinetuneOptions options)
    {
        FinetuneRecipe preset = Of(options.Recipe);
        return (preset with
        {
            Head = options.Head ?? preset.Head,
            Frozen = options.Freeze is { } freeze ? ParseFreeze(freeze) : preset.Frozen,
            Optimiser = options.Optimiser is null ? preset.Optimiser : options.Optimiser == Sgd ? OptimiserKind.Sgd : OptimiserKind.AdamW,
            BaseLearningRate = options.BaseLearningRate ?? preset.BaseLearningRate,
            WeightDecay = options.WeightDecay ?? preset.WeightDecay,
            LayerDecay = options.LayerDecay ?? preset.LayerDecay,
            DropPath = options.DropPath ?? preset.DropPath,
            LabelSmoothing = options.LabelSmoothing ?? preset.LabelSmoothing,
            MinArea = options.MinArea ?? preset.MinArea,
            RandAugment = options.RandAugment is null ? preset.RandAugment : options.RandAugment == None ? null : Video.RandAugment.Parse(options.RandAugment),
            Erasing = options.Erasing ?? preset.Erasing,
            Mixup = options.Mixup ?? preset.Mixup,
            Cutmix = options.Cutmix ?? preset.Cutmix,
            RepeatedAugmentation = options.RepeatedAugmentation ?? preset.RepeatedAugmentation,
        }).Checked(options);
    }

    private static FinetuneRecipe Of(FinetunePreset preset)
    {
        var probe = new FinetuneRecipe { Frozen = int.MaxValue, LayerDecay = 1, DropPath = 0, LabelSmoothing = 0, WeightDecay = 0 };
        return preset switch
        {
            FinetunePreset.Plain => new FinetuneRecipe(),
            FinetunePreset.Videomae => new FinetuneRecipe
            {
                DropPath = 0.2,
                MinArea = 0.08,
                RandAugment = Video.RandAugment.Parse(Video.RandAugment.VideoMae),
                Erasing = 0.25,
                Mixup = 0.8,
                Cutmix = 1,
                RepeatedAugmentation = 2,
            },
            FinetunePreset.LinearProbe => probe with { BaseLearningRate = 1e-2 },
            FinetunePreset.LinearProbeSgd => probe with { Head = ClassifierHead.BatchNorm, Optimiser = OptimiserKind.Sgd, BaseLearningRate = 0.1 },
            FinetunePreset.AttentiveProbe => probe with { Head = ClassifierHead.Attentive, BaseLearningRate = 1e-3, WeightDecay = 0.01 },
            _ => throw new ArgumentOutOfRangeException(nameof(preset), preset, "This is no preset."),
        };
    }

    private static int? ParseFreeze(string text) => text switch
    {
        None => null,
        All => int.MaxValue,
        _ => int.Parse(text, CultureInfo.InvariantCulture),
    };

    private FinetuneRecipe Checked(FinetuneOptions options)
    {
        int together = options.BatchSize / options.Accumulate;
        if (together < 2 && (Mixup > 0 || Cutmix > 0))
            throw new UsageException($"{(Mixup > 0 ? "mixup" : "cutmix")} mixes the clips of a batch with one another: batch_size / accumulate is {together}, expected at least 2.");
        if (together < 2 && Head == ClassifierHead.BatchNorm)
            throw new UsageException($"head batch_norm takes statistics over a batch: batch_size / accumulate is {together}, expected at least 2.");
        if (options.BatchSize % RepeatedAugmentation != 0)
            throw new UsageException($"repeated_augmentation puts {RepeatedAugmentation} clips of every video into a batch: batch_size is {options.BatchSize}, expected a multiple of {RepeatedAugmentation}.");

        return this;
    }
}
