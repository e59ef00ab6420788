using System.Text;
using Unreel.Artifacts;
using Unreel.Modeling;
using Unreel.Pipelines;
using Unreel.Video;

namespace Unreel.Finetune;

/// <summary>The files of a fine-tuning.</summary>
internal static class FinetuneFiles
{
    /// <summary>The list of lines <c>path,train</c> or <c>path,test</c>, in the form that <see cref="SplitOptions.File"/> takes.</summary>
    public const string SplitName = "split.csv";

    public static void WriteSplit(string path, IClipSource videos, ClipSplit split)
    {
        var test = split.Test.ToHashSet();
        var text = new StringBuilder();
        for (int index = 0; index < videos.Items.Count; index++)
            text.Append(videos.Items[index].Name).Append(test.Contains(index) ? ",test\n" : ",train\n");
        File.WriteAllText(path, text.ToString());
    }

    /// <summary>What the stage publishes.</summary>
    /// <param name="summary">What trainings came to.</param>
    /// <param name="record">The training whose weights are published.</param>
    /// <param name="folder">Where it worked.</param>
    /// <param name="reports">The files of the report.</param>
    /// <param name="headline">The result in a line.</param>
    public static StageResult Result(TrialSummary summary, TrialRecord record, string folder, IReadOnlyList<StageFile> reports, string headline)
    {
        SortedDictionary<string, double> metrics = new()
        {
            ["held_out_videos"] = summary.Videos,
            ["labels"] = summary.Labels.Count,
            ["loss"] = record.Loss,
            ["steps"] = record.Steps,
            ["top1"] = summary.Top1,
        };
        if (summary.SpreadOverFolds is { } folds)
            (metrics["folds"], metrics["top1_spread_over_folds"]) = (summary.Folds.Count, folds);
        if (summary.SpreadOverSeeds is { } seeds)
            (metrics["seeds"], metrics["top1_spread_over_seeds"]) = (summary.Seeds.Count, seeds);

        return new StageResult
        {
            Kind = ArtifactKind.Weights,
            Files =
            [
                Part("model.safetensors", "application/vnd.safetensors"),
                Part(ModelDescription.FileName, "application/json"),
                Part("metrics.jsonl", "application/jsonl"),
                Part("loss.svg", "image/svg+xml"),
                Part(SplitName, "text/csv"),
                .. reports,
            ],
            Seed = record.Seed,
            Device = record.Device,
            Metrics = metrics,
            Summary = headline,
        };

        StageFile Part(string name, string mediaType) => new(Path.Combine(folder, name), name, mediaType);
    }
}
