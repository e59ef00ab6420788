using Microsoft.Extensions.Logging;
using Unreel.Artifacts;
using Unreel.Modeling;
using Unreel.Pipelines;
using Unreel.Video;

namespace Unreel.Finetune;

/// <summary>Turns an encoder and labelled videos into a classifier, and tests it on the videos held out: once, or for every fold and several seeds.</summary>
public sealed partial class FinetuneStage(IEnumerable<IClipRecipeReader> recipes, TimeProvider time, ILogger<FinetuneStage> logger, ICollectives? processes = null) : IStage<FinetuneOptions>
{
    private const int FewestLabels = 2;
    private const int MebibyteBits = 20;

    /// <inheritdoc/>
    public async Task<StageResult> RunAsync(FinetuneOptions options, IStageContext context, CancellationToken ct)
    {
        FinetuneRecipe recipe = FinetuneRecipe.Of(options);
        string? encoder = options.Encoder is null ? null : await context.FetchAsync(options.Encoder, ct);
        using IClipSource videos = ClipDataset.Open(await context.FetchAsync(options.Clips, ct), recipes);
        FinetuningSettings settings = FinetunePlans.Settings(options, recipe, encoder, videos);
        CheckLabels(videos);
        IReadOnlyList<ClipSplit> splits = Trial.Divisions(videos, options.Split);
        if (splits[0].Note is { } note)
            LogSplit(note);

        return await Task.Run(() => Train(new FinetuneWork(options, recipe, settings, videos, FinetuneWork.DigestOf(encoder)), splits, context, ct), ct);
    }

    private StageResult Train(FinetuneWork given, IReadOnlyList<ClipSplit> splits, IStageContext context, CancellationToken ct)
    {
        IClipSource videos = given.Videos;
        ClipLengths.Require(videos, given.Settings.Shape.TubeletSize, looked => context.Progress.Report(new StageProgress("looking at videos", looked, videos.Items.Count, "videos")), ct);

        // Decoded once, for all folds, seeds and tests.
        using var remembered = new RememberedClips(videos, given.Options.Memory << MebibyteBits);
        FinetuneWork work = given with { Videos = remembered };
        IReadOnlyList<Trial> trials = Trial.All(work.Options, splits, context.WorkFolder);
        Trial? last = work.Options.TrainOnAll ? Trial.OnEverything(work.Options, videos, context.WorkFolder) : null;
        Trial published = last ?? trials[0];

        var runner = new TrialRunner(work, processes ?? SingleProcess.Instance, context.Progress, time, logger);
        bool several = trials.Count > 1 || last is not null;
        TrialRecord[] records = [.. trials.Select(trial => runner.Run(trial, several, keepsWeights: trial == published, ct))];
        TrialRecord record = last is null ? records[0] : runner.Run(last, several, keepsWeights: true, ct);
        if (processes is { Rank: > 0 })
            return new StageResult { Kind = ArtifactKind.Weights, Files = [] };

        return Result(new TrialSummary(videos.Labels, records), published, record, splits, videos, runner, context.WorkFolder);
    }

    private static StageResult Result(TrialSummary summary, Trial published, TrialRecord record, IReadOnlyList<ClipSplit> splits, IClipSource videos, TrialRunner runner, string folder)
    {
        var report = new TrialReport(summary, Published(published, summary), splits[0].Note);
        FinetuneFiles.WriteSplit(Path.Combine(published.Folder, FinetuneFiles.SplitName), videos, published.Split);
        return FinetuneFiles.Result(summary, record, published.Folder, report.Write(folder), report.Headline()) with
        {
            Figures = new SortedDictionary<string, double> { ["clips_per_second"] = runner.ClipsPerSecond, ["waiting"] = runner.Waiting },
            Details = summary.Trials.Count > 1 ? "accuracies in percent\n" + report.Table() : null,
        };
    }

    private static string Published(Trial published, TrialSummary summary) =>
        published.Split.Test.Count == 0 ? "The weights beside this report were trained on every video; the accuracies are those of the trainings below, which were not."
        : summary.Trials.Count > 1 ? $"The weights beside this report are those of {published.Name}."
        : "The weights beside this report are those that were tested.";

    private static void CheckLabels(IClipSource videos)
    {
        if (videos.Labels.Count < FewestLabels)
            throw new UsageException($"clips: found {videos.Labels.Count} labels ({string.Join(", ", videos.Labels)}); at least {FewestLabels} are needed. Give a folder with one folder for each label, or a list of lines 'path label'.");
    }

    [LoggerMessage(LogLevel.Warning, "{Note}")]
    private partial void LogSplit(string note);
}
