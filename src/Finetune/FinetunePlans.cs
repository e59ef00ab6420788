using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Unreel.Modeling;
using Unreel.Pipelines;
using Unreel.Video;

namespace Unreel.Finetune;

/// <summary>Turns options into what the training loop takes.</summary>
internal static class FinetunePlans
{
    private static readonly StageInput Anything = StageInput.Parse(".");

    public static FinetuningSettings Settings(FinetuneOptions options, FinetuneRecipe recipe, string? encoder, IClipSource videos)
    {
        ModelDescription? start = encoder is null ? null : ModelDescription.Read(encoder);
        if (start is not null && (options.Shape is not null || options.Model != new FinetuneOptions { Clips = options.Clips }.Model))
            throw new UsageException($"Give either encoder or {(options.Shape is null ? $"model ('{options.Model}')" : "shape")}, not both: an encoder brings its sizes.");

        VideoTransformerShape shape = start?.Shape ?? Shape(options);
        return new FinetuningSettings
        {
            Shape = shape,
            Labels = videos.Labels,
            Preparation = Preparation(options, shape),
            EncoderFolder = encoder,
            Normalisation = start?.Normalisation ?? PixelNormalisation.Get(options.Normalisation),
            LabelSmoothing = recipe.LabelSmoothing,
            DropPath = recipe.DropPath,
            Dropout = options.Dropout,
            Head = recipe.Head,
            FrozenBlocks = Frozen(options, recipe, shape, encoder),
            Precision = options.Precision,
            Mixing = new MixingSettings { Mixup = recipe.Mixup, Cutmix = recipe.Cutmix },
        };
    }

    /// <summary>The plan of one training.</summary>
    /// <param name="work">What all trainings of the stage share.</param>
    /// <param name="train">The videos to learn from.</param>
    /// <param name="seed">The training's seed.</param>
    /// <param name="folder">Where it works.</param>
    public static TrainingPlan Loop(FinetuneWork work, IReadOnlyList<int> train, ulong seed, string folder)
    {
        (FinetuneOptions options, FinetuneRecipe recipe) = (work.Options, work.Recipe);
        double perEpoch = (double)train.Count * recipe.RepeatedAugmentation / options.BatchSize;
        long steps = options.Steps ?? Math.Max(1, (long)Math.Round(options.Epochs * perEpoch));
        // VideoMAE counts videos: several clips of one do not raise the rate.
        double scale = (double)options.BatchSize / recipe.RepeatedAugmentation / 256;
        return new TrainingPlan
        {
            Steps = steps,
            BatchSize = options.BatchSize,
            StepsPerEpoch = perEpoch,
            Schedule = new WarmupCosine { Peak = recipe.BaseLearningRate * scale, Lowest = options.MinLearningRate * scale, WarmupSteps = (long)(options.Warmup * steps), Steps = steps },
            Optimiser = new OptimiserSettings { Kind = recipe.Optimiser, WeightDecay = recipe.WeightDecay, LayerDecay = recipe.LayerDecay, ClipNorm = options.ClipNorm },
            Seed = seed,
            Recipe = Digest(work, train),
            Folder = folder,
            Accumulate = options.Accumulate,
            Checkpoints = new CheckpointPolicy { Interval = options.CheckpointInterval, Keep = options.KeepCheckpoints, KeepBest = options.KeepBest },
            Workers = options.Workers,
            Torch = new TorchOptions { Device = options.Device, Threads = options.Threads },
        };
    }

    public static AugmentationOptions Augmentation(FinetuneOptions options, FinetuneRecipe recipe, VideoTransformerShape shape) => new()
    {
        Frames = shape.Frames,
        Stride = options.Stride,
        Size = shape.ImageSize,
        Sampling = options.Sampling,
        Crop = options.Crop,
        MinArea = recipe.MinArea,
        Flip = options.Flip,
        ColorJitter = options.ColorJitter,
        RandAugment = recipe.RandAugment,
        Erasing = recipe.Erasing,
    };

    /// <summary>The order in which videos are seen.</summary>
    public static ISampleOrder Order(FinetuneWork work, IReadOnlyList<int> train, ulong seed)
    {
        ISampleOrder order = work.Options.Balanced
            ? new BalancedOrder([.. train.Select(index => work.Videos.Items[index].Label)], seed)
            : new ShuffledOrder(train.Count, seed);
        return new RepeatedOrder(order, work.Recipe.RepeatedAugmentation);
    }

    private static int? Frozen(FinetuneOptions options, FinetuneRecipe recipe, VideoTransformerShape shape, string? encoder)
    {
        if (recipe.Frozen is not { } frozen)
            return null;
        if (encoder is null)
            throw new UsageException($"{WhatFreezes(options)}, but there is no encoder: what is frozen from scratch never learns. Give one with encoder.");
        if (frozen > shape.Depth && frozen != int.MaxValue)
            throw new UsageException($"freeze is {frozen}, but the encoder has {shape.Depth} blocks; expected none, 0 to {shape.Depth}, or all.");

        return Math.Min(frozen, shape.Depth);
    }

    private static string WhatFreezes(FinetuneOptions options) => options.Freeze is { } freeze
        ? $"freeze is {freeze}"
        : $"recipe {JsonNamingPolicy.SnakeCaseLower.ConvertName(options.Recipe.ToString())} freezes the encoder";

    private static ClipPreparation Preparation(FinetuneOptions options, VideoTransformerShape shape) => new()
    {
        Frames = shape.Frames,
        Stride = options.Stride,
        Size = shape.ImageSize,
        Sampling = options.Sampling,
        Clips = options.TestClips,
        Crops = options.TestCrops,
    };

    private static VideoTransformerShape Shape(FinetuneOptions options)
    {
        if (options.Shape is not null && options.Model != new FinetuneOptions { Clips = options.Clips }.Model)
            throw new UsageException($"Give either model ('{options.Model}') or shape, not both.");

        return (options.Shape ?? Presets.Get(options.Model)).Checked(options.Shape is null ? $"model '{options.Model}'" : "shape");
    }

    private static string Digest(FinetuneWork work, IReadOnlyList<int> train)
    {
        // Where inputs lie does not matter, and how the work is done neither; what was chosen of them does. Seeds stand in the plan.
        FinetuneOptions deciding = work.Options with
        {
            Clips = Anything,
            Encoder = null,
            Split = new SplitOptions(),
            Seed = 0,
            Seeds = 1,
            TrainOnAll = false,
            Workers = 1,
            Memory = 0,
            CheckpointInterval = TimeSpan.Zero,
            KeepCheckpoints = 1,
            KeepBest = false,
        };
        IClipSource videos = work.Videos;
        string text = $"{deciding}\n{work.Recipe}\n{work.Settings.Shape}\n{work.EncoderDigest}\n{string.Join('\n', train.Select(index => $"{videos.Items[index].Name} {videos.Items[index].Label}"))}";
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));
    }
}
