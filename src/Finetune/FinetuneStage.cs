using Microsoft.Extensions.Logging;
using Unreel.Artifacts;
using Unreel.Modeling;
using Unreel.Pipelines;
using Unreel.Video;

namespace Unreel.Finetune;

/// <summary>Turns an encoder and labelled videos into a classifier, and tests it on the videos held out.</summary>
public sealed partial class FinetuneStage(IEnumerable<IClipRecipeReader> recipes, TimeProvider time, ILogger<FinetuneStage> logger, ICollectives? processes = null) : IStage<FinetuneOptions>
{
    private const int FewestLabels = 2;
    private const int MebibyteBits = 20;

    /// <inheritdoc/>
    public async Task<StageResult> RunAsync(FinetuneOptions options, IStageContext context, CancellationToken ct)
    {
        string? encoder = options.Encoder is null ? null : await context.FetchAsync(options.Encoder, ct);
        using IClipSource videos = ClipDataset.Open(await context.FetchAsync(options.Clips, ct), recipes);
        FinetuningSettings settings = FinetunePlans.Settings(options, encoder, videos);
        CheckLabels(videos);
        ClipSplit split = ClipSplit.Make(videos, options.Split);
        if (split.Note is { } note)
            LogSplit(note);

        return await Task.Run(() => Train(options, settings, videos, split, context, ct), ct);
    }

    private StageResult Train(FinetuneOptions options, FinetuningSettings settings, IClipSource videos, ClipSplit split, IStageContext context, CancellationToken ct)
    {
        ClipLengths.Require(videos, settings.Shape.TubeletSize, looked => context.Progress.Report(new StageProgress("looking at videos", looked, videos.Items.Count, "videos")), ct);
        TrainingPlan plan = FinetunePlans.Loop(options, settings, videos, split, context.WorkFolder) with { Processes = processes ?? SingleProcess.Instance };
        LogStart(split.Train.Count, videos.Labels.Count, plan.Steps, plan.BatchSize, split.Test.Count);
        ISampleOrder order = options.Balanced
            ? new BalancedOrder([.. split.Train.Select(index => videos.Items[index].Label)], options.Seed)
            : new ShuffledOrder(split.Train.Count, options.Seed);
        using var remembered = new RememberedClips(videos, options.Memory << MebibyteBits);
        var samples = new AugmentedSamples(remembered, split.Train, order, FinetunePlans.Augmentation(options, settings.Shape), options.Seed);
        TrainingResult result = Finetuning.Run(settings, plan, samples, new StageReport(context.Progress), time, ct);
        if (plan.Processes.Rank > 0)
            return new StageResult { Kind = ArtifactKind.Weights, Files = [] };

        using ClassifierModel model = ClassifierModel.Load(context.WorkFolder, plan.Torch);
        HeldOut heldOut = HeldOutTest.Run(model, videos, split.Test, options.Workers, context.Progress, ct);
        LogTested(result.FinalLoss, result.Steps, result.ClipsPerSecond, result.Waiting, heldOut.Top1, heldOut.Videos);
        FinetuneFiles.WriteSplit(Path.Combine(context.WorkFolder, FinetuneFiles.SplitName), videos, split);
        return FinetuneFiles.Result(options, videos, result, heldOut, context.WorkFolder);
    }

    private static void CheckLabels(IClipSource videos)
    {
        if (videos.Labels.Count < FewestLabels)
            throw new UsageException($"clips: found {videos.Labels.Count} labels ({string.Join(", ", videos.Labels)}); at least {FewestLabels} are needed. Give a folder with one folder for each label, or a list of lines 'path label'.");
    }

    [LoggerMessage(LogLevel.Information, "Fine-tuning on {Videos} videos of {Labels} labels: {Steps} steps of {Batch} clips; {Test} videos are held out")]
    private partial void LogStart(int videos, int labels, long steps, int batch, int test);

    [LoggerMessage(LogLevel.Warning, "{Note}")]
    private partial void LogSplit(string note);

    [LoggerMessage(LogLevel.Information, "Fine-tuned to loss {Loss:0.0000} in {Steps} steps at {Speed:0.0} clips/s, {Waiting:0 %} of the time waiting for clips; top-1 {Top1:P1} on {Test} held-out videos")]
    private partial void LogTested(double loss, long steps, double speed, double waiting, double top1, int test);

    private sealed class StageReport(IProgress<StageProgress> progress) : IProgress<TrainingProgress>
    {
        public void Report(TrainingProgress value) => progress.Report(new StageProgress("fine-tuning", value.Step, value.Steps, "steps", value.Detail));
    }
}
