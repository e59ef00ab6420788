using System.Security.Cryptography;
using System.Text;
using Unreel.Modeling;
using Unreel.Pipelines;
using Unreel.Video;

namespace Unreel.Finetune;

/// <summary>Turns options into what the training loop takes.</summary>
internal static class FinetunePlans
{
    private static readonly StageInput Anything = StageInput.Parse(".");

    public static FinetuningSettings Settings(FinetuneOptions options, string? encoder, IClipSource videos)
    {
        ModelDescription? start = encoder is null ? null : ModelDescription.Read(encoder);
        VideoTransformerShape shape = start?.Shape ?? Shape(options);
        return new FinetuningSettings
        {
            Shape = shape,
            Labels = videos.Labels,
            Preparation = Preparation(options, shape),
            EncoderFolder = encoder,
            Normalisation = start?.Normalisation ?? PixelNormalisation.Get(options.Normalisation),
            LabelSmoothing = options.LabelSmoothing,
            DropPath = options.DropPath,
            Dropout = options.Dropout,
        };
    }

    public static TrainingPlan Loop(FinetuneOptions options, FinetuningSettings settings, IClipSource videos, ClipSplit split, string folder)
    {
        double perEpoch = (double)split.Train.Count / options.BatchSize;
        long steps = options.Steps ?? Math.Max(1, (long)Math.Round(options.Epochs * perEpoch));
        double scale = options.BatchSize / 256.0;
        return new TrainingPlan
        {
            Steps = steps,
            BatchSize = options.BatchSize,
            StepsPerEpoch = perEpoch,
            Schedule = new WarmupCosine { Peak = options.BaseLearningRate * scale, Lowest = options.MinLearningRate * scale, WarmupSteps = (long)(options.Warmup * steps), Steps = steps },
            Optimiser = new OptimiserSettings { WeightDecay = options.WeightDecay, LayerDecay = options.LayerDecay, ClipNorm = options.ClipNorm },
            Seed = options.Seed,
            Recipe = Recipe(options, settings.Shape, videos, split),
            Folder = folder,
            Accumulate = options.Accumulate,
            Checkpoints = new CheckpointPolicy { Interval = options.CheckpointInterval, Keep = options.KeepCheckpoints, KeepBest = options.KeepBest },
            Workers = options.Workers,
            Torch = new TorchOptions { Device = options.Device, Threads = options.Threads },
        };
    }

    public static AugmentationOptions Augmentation(FinetuneOptions options, VideoTransformerShape shape) => new()
    {
        Frames = shape.Frames,
        Stride = options.Stride,
        Size = shape.ImageSize,
        Sampling = options.Sampling,
        Crop = options.Crop,
        MinArea = options.MinArea,
        Flip = options.Flip,
        ColorJitter = options.ColorJitter,
    };

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

    private static string Recipe(FinetuneOptions options, VideoTransformerShape shape, IClipSource videos, ClipSplit split)
    {
        // Where inputs lie does not matter, and how the work is done neither; what was chosen of them does.
        FinetuneOptions deciding = options with { Clips = Anything, Encoder = null, Split = new SplitOptions(), Workers = 1, Memory = 0, CheckpointInterval = TimeSpan.Zero, KeepCheckpoints = 1, KeepBest = false };
        string text = $"{deciding}\n{shape}\n{string.Join('\n', split.Train.Select(index => $"{videos.Items[index].Name} {videos.Items[index].Label}"))}";
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));
    }
}
