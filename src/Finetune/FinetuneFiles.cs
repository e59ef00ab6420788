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

    public static StageResult Result(FinetuneOptions options, IClipSource videos, TrainingResult result, HeldOut heldOut, string folder) => new()
    {
        Kind = ArtifactKind.Weights,
        Files =
        [
            new StageFile(Path.Combine(folder, "model.safetensors"), "model.safetensors", "application/vnd.safetensors"),
            new StageFile(Path.Combine(folder, ModelDescription.FileName), ModelDescription.FileName, "application/json"),
            new StageFile(Path.Combine(folder, "metrics.jsonl"), "metrics.jsonl", "application/jsonl"),
            new StageFile(Path.Combine(folder, "loss.svg"), "loss.svg", "image/svg+xml"),
            new StageFile(Path.Combine(folder, SplitName), SplitName, "text/csv"),
        ],
        Seed = options.Seed,
        Device = result.Device,
        Metrics = new SortedDictionary<string, double>
        {
            ["held_out_videos"] = heldOut.Videos,
            ["labels"] = videos.Labels.Count,
            ["loss"] = result.FinalLoss,
            ["steps"] = result.Steps,
            ["top1"] = heldOut.Top1,
        },
        Figures = new SortedDictionary<string, double> { ["clips_per_second"] = result.ClipsPerSecond, ["waiting"] = result.Waiting },
        Summary = FormattableString.Invariant($"top-1 {heldOut.Top1 * 100:0.0} % on {heldOut.Videos} held-out clips of {videos.Labels.Count} labels"),
    };
}
