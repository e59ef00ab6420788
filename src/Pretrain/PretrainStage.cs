using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Logging;
using Unreel.Artifacts;
using Unreel.Modeling;
using Unreel.Pipelines;
using Unreel.Video;

namespace Unreel.Pretrain;

/// <summary>Trains a masked autoencoder on videos.</summary>
public sealed partial class PretrainStage(IEnumerable<IClipRecipeReader> recipes, TimeProvider time, ILogger<PretrainStage> logger, ICollectives? processes = null) : IStage<PretrainOptions>
{
    internal const double MaskRatio = 0.9;

    /// <inheritdoc/>
    public async Task<StageResult> RunAsync(PretrainOptions options, IStageContext context, CancellationToken ct)
    {
        PretrainingSettings settings = Settings(options);
        string? file = options.Tokenizer is null ? null : FrameTokenizer.FileIn(await context.FetchAsync(options.Tokenizer, ct));
        using FrameTokenizer? tokenizer = file is null ? null : FrameTokenizer.Open(file, settings.Shape, options);
        if (tokenizer is not null)
            LogTokenizer(tokenizer.Codes, tokenizer.Side);
        settings = settings with { Tokenizer = tokenizer };
        using IClipSource videos = ClipDataset.Open(await context.FetchAsync(options.Clips, ct), recipes);
        return await Task.Run(() => Train(options, settings, file, videos, context, ct), ct);
    }

    private StageResult Train(PretrainOptions options, PretrainingSettings settings, string? tokenizer, IClipSource videos, IStageContext context, CancellationToken ct)
    {
        ClipLengths.Require(videos, settings.Shape.TubeletSize, looked => context.Progress.Report(new StageProgress("looking at videos", looked, videos.Items.Count, "videos")), ct);
        MotionRequest? motion = settings.Mask?.Motion(settings.Shape);
        ClipMotions.Require(videos, motion, looked => context.Progress.Report(new StageProgress("looking at motion", looked, videos.Items.Count, "videos")), ct);
        TrainingPlan plan = Plan(options, settings, tokenizer, videos, context.WorkFolder) with { Processes = processes ?? SingleProcess.Instance };
        if (settings.Precision == Precision.Bf16 && !Processor.HasBfloat16)
            LogSlowPrecision();
        LogStart(settings.Shape.Tokens, videos.Items.Count, plan.Steps, plan.BatchSize);
        var samples = new AugmentedSamples(videos, [.. Enumerable.Range(0, videos.Items.Count)], new RepeatedOrder(new ShuffledOrder(videos.Items.Count, options.Seed), options.ClipsPerVideo), Augmentation(options, settings.Shape), options.Seed, motion);
        var progress = new StageReport(context.Progress);
        (TrainingResult result, IReadOnlyList<Reconstruction> pictures) = Pretraining.Run(settings, plan, samples, options.Pictures, progress, time, ct);
        if (plan.Processes.Rank > 0)
            return new StageResult { Kind = ArtifactKind.Weights, Files = [] };

        LogTrained(result.FinalLoss, result.Steps, result.ClipsPerSecond, result.Waiting);
        foreach (TargetSettings target in settings.Targets.Where(target => options.Pictures > 0 && !TargetNames.CanBeDrawn(target.Name)))
            LogNotDrawn(target.Name);
        return Result(options, settings.Shape, result, pictures, context.WorkFolder);
    }

    internal static PretrainingSettings Settings(PretrainOptions options)
    {
        if (options.Shape is not null && options.Model != new PretrainOptions { Clips = options.Clips }.Model)
            throw new UsageException($"Give either model ('{options.Model}') or shape, not both.");

        VideoTransformerShape shape = options.Shape ?? Presets.Get(options.Model);
        shape = shape with { Frames = options.Frames ?? shape.Frames, ImageSize = options.ImageSize ?? shape.ImageSize };
        if (options.BatchSize % options.ClipsPerVideo != 0)
            throw new UsageException($"clips_per_video puts {options.ClipsPerVideo} clips of every video into a step: batch_size is {options.BatchSize}, expected a multiple of {options.ClipsPerVideo}.");

        bool isAdaptive = options.Mask == AdaptiveMask.Name;
        if (isAdaptive && options.MaskBox is not null)
            throw new UsageException($"The mask '{AdaptiveMask.Name}' has no box; only 'motion-vectors' has.");

        return new PretrainingSettings
        {
            Shape = shape.Checked(options.Shape is null ? $"model '{options.Model}'" : "shape"),
            Mask = isAdaptive ? null : MaskStrategies.Create(options.Mask, options.MaskRatio ?? MaskRatio, options.MaskBox),
            Adaptive = isAdaptive ? new AdaptiveMask { Ratio = options.MaskRatio ?? new AdaptiveMask().Ratio, LossWeight = options.SamplerWeight } : null,
            DecoderMask = options.DecoderMask is { } decoder ? MaskStrategies.Decoder(decoder) : null,
            Targets = Targets(options),
            RegressorDepth = options.Regressor,
            Normalisation = PixelNormalisation.Get(options.Normalisation),
            Precision = options.Precision,
        };
    }

    private static IReadOnlyList<TargetSettings> Targets(PretrainOptions options)
    {
        if (options.Targets.Count > 0 && options.Target != new PretrainOptions { Clips = options.Clips }.Target)
            throw new UsageException($"Give either target ('{options.Target}') or targets, not both.");

        IReadOnlyList<TargetSettings> targets = options.Targets.Count > 0 ? options.Targets : TargetSettings.Parse(options.Target);
        bool hasCodes = targets.Any(target => target.Name == TargetNames.Codes);
        if (hasCodes != (options.Tokenizer is not null))
            throw new UsageException(hasCodes
                ? $"The target '{TargetNames.Codes}' needs a tokenizer: give tokenizer, an ONNX file or an artifact."
                : $"A tokenizer is given, but '{TargetNames.Codes}' is no target.");

        return targets;
    }

    private static TrainingPlan Plan(PretrainOptions options, PretrainingSettings settings, string? tokenizer, IClipSource videos, string folder)
    {
        double perEpoch = (double)videos.Items.Count * options.ClipsPerVideo / options.BatchSize;
        long steps = options.Steps ?? Math.Max(1, (long)Math.Round(options.Epochs * perEpoch));
        double scale = options.BatchSize / 256.0;
        return new TrainingPlan
        {
            Steps = steps,
            BatchSize = options.BatchSize,
            StepsPerEpoch = perEpoch,
            Schedule = new WarmupCosine { Peak = options.BaseLearningRate * scale, Lowest = options.MinLearningRate * scale, WarmupSteps = (long)(options.Warmup * steps), Steps = steps },
            Optimiser = new OptimiserSettings { Beta1 = options.Beta1, Beta2 = options.Beta2, WeightDecay = options.WeightDecay, ClipNorm = options.ClipNorm },
            Seed = options.Seed,
            Recipe = Recipe(options, settings, tokenizer, videos),
            Folder = folder,
            Accumulate = options.Accumulate,
            Checkpoints = new CheckpointPolicy { Interval = options.CheckpointInterval, Keep = options.KeepCheckpoints, KeepBest = options.KeepBest },
            Workers = options.Workers,
            Torch = new TorchOptions { Device = options.Device, Threads = options.Threads },
        };
    }

    private static string Recipe(PretrainOptions options, PretrainingSettings settings, string? tokenizer, IClipSource videos)
    {
        // Where videos and tokenizer lie does not matter, and how the work is done neither.
        PretrainOptions deciding = options with { Clips = StageInput.Parse("."), Tokenizer = null, Targets = [], Workers = 1, CheckpointInterval = TimeSpan.Zero, KeepCheckpoints = 1, KeepBest = false };
        string parts = $"{settings.Shape}\n{string.Join('\n', settings.Targets)}\n{(tokenizer is null ? string.Empty : Digest(tokenizer))}";
        string text = $"{deciding}\n{parts}\n{string.Join('\n', videos.Items.Select(item => item.Name))}";
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));
    }

    private static string Digest(string file)
    {
        using FileStream stream = File.OpenRead(file);
        return Convert.ToHexStringLower(SHA256.HashData(stream));
    }

    internal static AugmentationOptions Augmentation(PretrainOptions options, VideoTransformerShape shape) =>
        new() { Frames = shape.Frames, Stride = options.Stride, Size = shape.ImageSize, Crop = options.Crop };

    private static StageResult Result(PretrainOptions options, VideoTransformerShape shape, TrainingResult result, IReadOnlyList<Reconstruction> pictures, string folder)
    {
        List<StageFile> files =
        [
            new(Path.Combine(folder, "model.safetensors"), "model.safetensors", "application/vnd.safetensors"),
            new(Path.Combine(folder, ModelDescription.FileName), ModelDescription.FileName, "application/json"),
            new(Path.Combine(folder, "metrics.jsonl"), "metrics.jsonl", "application/jsonl"),
            new(Path.Combine(folder, "loss.svg"), "loss.svg", "image/svg+xml"),
        ];
        if (pictures.Count > 0)
            files.AddRange(ReconstructionFiles.Write(folder, shape, pictures));

        return new StageResult
        {
            Kind = ArtifactKind.Weights,
            Files = files,
            Seed = options.Seed,
            Device = result.Device,
            Metrics = new SortedDictionary<string, double> { ["loss"] = result.FinalLoss, ["steps"] = result.Steps },
            Figures = new SortedDictionary<string, double> { ["clips_per_second"] = result.ClipsPerSecond, ["waiting"] = result.Waiting },
            Summary = FormattableString.Invariant($"loss {result.FinalLoss:0.000} after {result.Steps} steps"),
        };
    }

    [LoggerMessage(LogLevel.Warning, "precision is bf16, but this processor has no instructions for it (avx512_bf16, amx_bf16): on it fp32 is faster")]
    private partial void LogSlowPrecision();

    [LoggerMessage(LogLevel.Information, "Pre-training on {Videos} videos: {Steps} steps of {Batch} clips of {Tokens} tokens")]
    private partial void LogStart(int tokens, int videos, long steps, int batch);

    [LoggerMessage(LogLevel.Information, "The tokenizer has {Codes} codes and is shown frames of {Side} pixels")]
    private partial void LogTokenizer(int codes, int side);

    [LoggerMessage(LogLevel.Information, "No pictures are made of what was predicted for {Target}: it cannot be drawn")]
    private partial void LogNotDrawn(string target);

    [LoggerMessage(LogLevel.Information, "Pre-trained to loss {Loss:0.0000} in {Steps} steps at {Speed:0.0} clips/s, {Waiting:0 %} of the time waiting for clips")]
    private partial void LogTrained(double loss, long steps, double speed, double waiting);

    private sealed class StageReport(IProgress<StageProgress> progress) : IProgress<TrainingProgress>
    {
        public void Report(TrainingProgress value) => progress.Report(new StageProgress("pre-training", value.Step, value.Steps, "steps", value.Detail));
    }
}
