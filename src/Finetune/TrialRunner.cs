using Microsoft.Extensions.Logging;
using Unreel.Modeling;
using Unreel.Pipelines;

namespace Unreel.Finetune;

/// <summary>Runs trainings one after another; those that were finished before are not run again.</summary>
internal sealed partial class TrialRunner(FinetuneWork work, ICollectives processes, IProgress<StageProgress> progress, TimeProvider time, ILogger logger)
{
    private const string WeightsName = "model.safetensors";
    private const string Unknown = "to do";

    /// <summary>Clips a second of the last training of this process; 0 if there was none.</summary>
    public double ClipsPerSecond { get; private set; }

    /// <summary>Share of the time that it waited for clips.</summary>
    public double Waiting { get; private set; }

    /// <summary>Trains and tests.</summary>
    /// <param name="trial">What.</param>
    /// <param name="isNamed">Whether there are several, so that progress says which it is of.</param>
    /// <param name="keepsWeights">Whether the weights are wanted afterwards; if not, they and the checkpoints go, and the record stays.</param>
    /// <param name="ct">Cancels after writing a checkpoint.</param>
    public TrialRecord Run(Trial trial, bool isNamed, bool keepsWeights, CancellationToken ct)
    {
        TrainingPlan plan = FinetunePlans.Loop(work, trial.Split.Train, trial.Seed, trial.Folder) with { Processes = processes };
        TrialRecord? known = isNamed && processes.Rank == 0 ? Known(trial, plan, keepsWeights) : null;
        if (processes.Gather(known is null ? Unknown : string.Empty)[0] != Unknown)
            return known ?? Nothing(trial, plan);

        if (work.Options.Precision == Precision.Bf16 && !Processor.HasBfloat16)
            LogSlowPrecision();
        LogStart(trial.Split.Train.Count, work.Videos.Labels.Count, plan.Steps, plan.BatchSize, trial.Split.Test.Count);
        string suffix = isNamed ? $", {trial.Name}" : string.Empty;
        ISampleOrder order = FinetunePlans.Order(work, trial.Split.Train, trial.Seed);
        var samples = new AugmentedSamples(work.Videos, trial.Split.Train, order, FinetunePlans.Augmentation(work.Options, work.Recipe, work.Settings.Shape), trial.Seed);
        TrainingResult result = Finetuning.Run(work.Settings, plan, samples, new TrialProgress(progress, "fine-tuning" + suffix), time, ct);
        if (processes.Rank > 0)
            return Nothing(trial, plan);

        (ClipsPerSecond, Waiting) = (result.ClipsPerSecond, result.Waiting);
        TrialRecord record = Record(trial, plan, result, Test(trial, plan, "testing" + suffix, ct));
        LogTrained(result.FinalLoss, result.Steps, result.ClipsPerSecond, result.Waiting);
        if (record.Predictions.Count > 0)
            LogTested(record.Top1, record.Predictions.Count, suffix);

        if (isNamed)
            record.Write(trial.Folder);
        if (!keepsWeights)
            Forget(trial.Folder);
        return record;
    }

    private static TrialRecord? Known(Trial trial, TrainingPlan plan, bool keepsWeights) =>
        TrialRecord.Read(trial.Folder, plan.Recipe, trial.Seed) is { } known && (!keepsWeights || File.Exists(Path.Combine(trial.Folder, WeightsName))) ? known : null;

    // Of several processes only the first tests and records.
    private static TrialRecord Nothing(Trial trial, TrainingPlan plan) => Record(trial, plan, new TrainingResult(plan.Steps, double.NaN, 0, 0, string.Empty), []);

    private IReadOnlyList<Prediction> Test(Trial trial, TrainingPlan plan, string activity, CancellationToken ct)
    {
        if (trial.Split.Test.Count == 0)
            return [];

        using ClassifierModel model = ClassifierModel.Load(trial.Folder, plan.Torch);
        return HeldOutTest.Run(model, work.Videos, trial.Split.Test, work.Options.Workers, done => progress.Report(new StageProgress(activity, done, trial.Split.Test.Count, "videos")), ct);
    }

    private static TrialRecord Record(Trial trial, TrainingPlan plan, TrainingResult result, IReadOnlyList<Prediction> predictions) => new()
    {
        Recipe = plan.Recipe,
        Seed = trial.Seed,
        Fold = trial.Fold,
        HeldOut = trial.Split.TestGroups,
        Loss = result.FinalLoss,
        Steps = result.Steps,
        Device = result.Device,
        Predictions = predictions,
    };

    // Twenty trainings of a large network would fill a disk with what no one asks for again.
    private static void Forget(string folder)
    {
        foreach (string file in Directory.EnumerateFiles(folder, "*.safetensors"))
            File.Delete(file);
    }

    [LoggerMessage(LogLevel.Warning, "precision is bf16, but this processor has no instructions for it (avx512_bf16, amx_bf16): on it fp32 is faster")]
    private partial void LogSlowPrecision();

    [LoggerMessage(LogLevel.Information, "Fine-tuning on {Videos} videos of {Labels} labels: {Steps} steps of {Batch} clips; {Test} videos are held out")]
    private partial void LogStart(int videos, int labels, long steps, int batch, int test);

    [LoggerMessage(LogLevel.Information, "Fine-tuned to loss {Loss:0.0000} in {Steps} steps at {Speed:0.0} clips/s, {Waiting:0 %} of the time waiting for clips")]
    private partial void LogTrained(double loss, long steps, double speed, double waiting);

    [LoggerMessage(LogLevel.Information, "Top-1 {Top1:P1} on {Test} held-out videos{Which}")]
    private partial void LogTested(double top1, int test, string which);

    private sealed class TrialProgress(IProgress<StageProgress> progress, string activity) : IProgress<TrainingProgress>
    {
        public void Report(TrainingProgress value) => progress.Report(new StageProgress(activity, value.Step, value.Steps, "steps", value.Detail));
    }
}
