using System.Globalization;
using System.Security.Cryptography;
using Unreel.Artifacts;
using Unreel.Pipelines;
using Unreel.Video;

namespace Unreel.Evaluate;

/// <summary>Measures an ONNX model on labelled clips: <c>report.json</c>, <c>report.md</c> and <c>confusion.svg</c>.</summary>
/// <remarks>Clips become the model's input by its contract and nothing else, so that what is measured is what is served.</remarks>
public sealed class EvaluateStage(IEnumerable<IClipRecipeReader> recipes, TimeProvider clock) : IStage<EvaluateOptions>
{
    private const string ModelFileName = "model.onnx";

    /// <inheritdoc/>
    public async Task<StageResult> RunAsync(EvaluateOptions options, IStageContext context, CancellationToken ct)
    {
        string modelFile = FindModel(await context.FetchAsync(options.Model, ct));
        using OnnxClassifier model = await Task.Run(() => OnnxClassifier.Open(modelFile, options.Threads, options.Device), ct);
        string folder = await context.FetchAsync(options.Clips, ct);
        using IClipSource source = Asked(() => ClipDataset.Open(folder, recipes));

        (IReadOnlyList<int> clips, string? note) = Asked(() => Choose(source, options));
        int[] labels = LabelMap.Map(source, clips, model.Labels, options.Clips.Text);
        int workers = options.Threads == 0 ? Environment.ProcessorCount : options.Threads;
        ModelRun run = new(source, model, workers, options.MaxFailures, clock);
        long began = clock.GetTimestamp();
        ModelOutput output = await Task.Run(() => run.Run(clips, labels, context.Progress, ct), ct);
        double seconds = clock.GetElapsedTime(began).TotalSeconds;
        if (output.Predictions.Count == 0)
            throw new UsageException($"None of the {clips.Count} clips of {options.Clips} could be read, e.g. {output.Failures[0].Clip}: {output.Failures[0].Reason}");

        EvaluationReport report = await ReportAsync(options, context, modelFile, model, output, ct) with { SplitNote = note };
        Gate(report.Scorecard, options.MinTop1);
        return Result(report, await WriteAsync(report, context.WorkFolder, ct), output.Predictions.Count / Math.Max(seconds, 1e-3));
    }

    /// <summary>The clips of the part that is asked for, and what is to be known of the split.</summary>
    internal static (IReadOnlyList<int> Clips, string? Note) Choose(IClipSource source, EvaluateOptions options)
    {
        if (options.Part == ClipPart.All)
            return ([.. Enumerable.Range(0, source.Items.Count)], null);

        ClipSplit split = ClipSplit.Make(source, options.Split);
        return (options.Part == ClipPart.Test ? split.Test : split.Train, split.Note);
    }

    /// <summary>Refuses a model that is not good enough.</summary>
    /// <exception cref="GateRefusedException">Its top-1 accuracy is below <paramref name="minTop1"/>.</exception>
    internal static void Gate(Scorecard card, double? minTop1)
    {
        if (minTop1 is { } least && card.Top1 < least)
            throw new GateRefusedException(string.Create(CultureInfo.InvariantCulture, $"Top-1 is {100 * card.Top1:0.0} % on {card.Predictions.Count} clips; at least {100 * least:0.0} % was asked for (min_top1). Nothing was published."));
    }

    private static async Task<EvaluationReport> ReportAsync(EvaluateOptions options, IStageContext context, string modelFile, OnnxClassifier model, ModelOutput output, CancellationToken ct) => new()
    {
        Model = await NameAsync(context, options.Model, ct),
        ModelDigest = await DigestAsync(modelFile, ct),
        Clips = await NameAsync(context, options.Clips, ct),
        Part = PartText(options.Part),
        Views = model.Preparation.Views,
        Scorecard = Scorecard.Of(model.Labels, output.Predictions),
        Failures = output.Failures,
    };

    // Up to here, what cannot be used is what was asked for, and not one video among many.
    private static T Asked<T>(Func<T> use)
    {
        try
        {
            return use();
        }
        catch (VideoException problem)
        {
            throw new UsageException(problem.Message, problem);
        }
    }

    private static string FindModel(string path)
    {
        string file = Directory.Exists(path) ? Path.Combine(path, ModelFileName) : path;
        return File.Exists(file) ? file : throw new UsageException($"There is no model at {file}; expected an ONNX file or a folder with {ModelFileName}.");
    }

    // Without digest or folder: a report stays the same wherever the same clips lie.
    private static async Task<string> NameAsync(IStageContext context, StageInput input, CancellationToken ct) =>
        await context.DescribeAsync(input, ct) is { } artifact
            ? $"{ArtifactReference.KindText(artifact.Reference.Kind)}/{artifact.Reference.Name}"
            : Path.GetFileName(Path.TrimEndingDirectorySeparator(Path.GetFullPath(input.Text)));

    private static async Task<string> DigestAsync(string file, CancellationToken ct)
    {
        await using FileStream stream = File.OpenRead(file);
        return Digest.FromHash(await SHA256.HashDataAsync(stream, ct)).ToString();
    }

    private static string PartText(ClipPart part) => part switch
    {
        ClipPart.Test => "test",
        ClipPart.Train => "train",
        _ => "all",
    };

    private static async Task<IReadOnlyList<StageFile>> WriteAsync(EvaluationReport report, string folder, CancellationToken ct)
    {
        (string Name, string Text, string MediaType)[] files =
        [
            ("report.json", ReportJson.Write(report), "application/json"),
            ("report.md", ReportText.Write(report), "text/markdown"),
            ("confusion.svg", ConfusionPicture.Draw(report.Scorecard.Labels, report.Scorecard.Confusion), "image/svg+xml"),
        ];
        foreach ((string name, string text, _) in files)
            await File.WriteAllTextAsync(Path.Combine(folder, name), text, ct);

        return [.. files.Select(file => new StageFile(Path.Combine(folder, file.Name), file.Name, file.MediaType))];
    }

    private static StageResult Result(EvaluationReport report, IReadOnlyList<StageFile> files, double clipsPerSecond)
    {
        Scorecard card = report.Scorecard;
        return new StageResult
        {
            Kind = ArtifactKind.Report,
            Files = files,
            Metrics = new() { ["top1"] = card.Top1, ["top5"] = card.Top5, ["mean_per_class"] = card.MeanPerClass, ["chance"] = card.Chance, ["clips"] = card.Predictions.Count, ["failures"] = report.Failures.Count },
            Figures = new() { ["clips_per_second"] = clipsPerSecond },
            Summary = string.Create(CultureInfo.InvariantCulture, $"top-1 {100 * card.Top1:0.0} %, top-5 {100 * card.Top5:0.0} % on {card.Predictions.Count} {report.Part} clips (chance {100 * card.Chance:0.0} %)"),
        };
    }
}
