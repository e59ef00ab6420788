using System.Globalization;
using System.Security.Cryptography;
using Unreel.Artifacts;
using Unreel.Pipelines;
using Unreel.Video;

namespace Unreel.Evaluate;

/// <summary>Measures an ONNX model on labelled clips: <c>report.json</c>, <c>report.md</c> and <c>confusion.svg</c>.</summary>
/// <remarks>Clips become the model's input by its contract and nothing else, so that what is measured is what is served.</remarks>
public sealed class EvaluateStage(IEnumerable<IClipRecipeReader> recipes, TimeProvider clock) : IShardedStage<EvaluateOptions>
{
    private const string ModelFileName = "model.onnx";

    /// <inheritdoc/>
    public async Task<StageResult> RunAsync(EvaluateOptions options, IStageContext context, CancellationToken ct)
    {
        using Measurement measured = await OpenAsync(options, context, ct);
        IReadOnlyList<ClipAnswer> known = await AnswerFile.ReadAsync(context.WorkFolder, measured.Names, measured.Model.Labels.Count, ct);
        int[] places = [.. Enumerable.Range(0, measured.Clips.Count).Except(known.Select(answer => answer.Place))];
        long began = clock.GetTimestamp();
        IReadOnlyList<ClipAnswer> answers = [.. known, .. await Task.Run(() => measured.Run.Run(measured.Clips, measured.Labels, places, context.Progress, ct), ct)];
        double seconds = clock.GetElapsedTime(began).TotalSeconds;
        measured.Run.CheckFailures(answers);
        ModelOutput output = ModelOutput.Of(answers, measured.Labels);
        if (output.Predictions.Count == 0)
            throw new UsageException($"None of the {measured.Clips.Count} clips of {options.Clips} could be read, e.g. {output.Failures[0].Clip}: {output.Failures[0].Reason}");

        EvaluationReport report = await ReportAsync(options, context, measured.ModelFile, measured.Model, output, ct) with { SplitNote = measured.Note };
        Gate(report.Scorecard, options.MinTop1);
        double? rate = places.Length == 0 ? null : places.Length / Math.Max(seconds, 1e-3);
        return Result(report, await WriteAsync(report, context.WorkFolder, ct), rate);
    }

    /// <inheritdoc/>
    public bool CanShard(EvaluateOptions options) => true;

    /// <summary>Classifies every so many-th of the clips.</summary>
    /// <remarks>Machines that round otherwise (other processors, other <see cref="EvaluateOptions.Threads"/>) may differ in a probability's last digits, as they do without parts.</remarks>
    /// <inheritdoc/>
    public async Task<IReadOnlyList<string>> RunShardAsync(EvaluateOptions options, StageShard shard, IStageContext context, CancellationToken ct)
    {
        using Measurement measured = await OpenAsync(options, context, ct);
        int[] places = [.. shard.Of(measured.Clips.Count)];
        IReadOnlyList<ClipAnswer> answers = await Task.Run(() => measured.Run.Run(measured.Clips, measured.Labels, places, context.Progress, ct), ct);
        return [await AnswerFile.WriteAsync(context.WorkFolder, shard, answers, ct)];
    }

    private async Task<Measurement> OpenAsync(EvaluateOptions options, IStageContext context, CancellationToken ct)
    {
        string modelFile = FindModel(await context.FetchAsync(options.Model, ct));
        OnnxClassifier model = await Task.Run(() => OnnxClassifier.Open(modelFile, options.Threads, options.Device), ct);
        IClipSource? source = null;
        try
        {
            string folder = await context.FetchAsync(options.Clips, ct);
            source = Asked(() => ClipDataset.Open(folder, recipes));
            (IReadOnlyList<int> clips, string? note) = Asked(() => Choose(source, options));
            int[] labels = LabelMap.Map(source, clips, model.Labels, options.Clips.Text);
            int workers = options.Threads == 0 ? Environment.ProcessorCount : options.Threads;
            return new Measurement(modelFile, model, source, clips, note, labels, new ModelRun(source, model, workers, options.MaxFailures, clock));
        }
        catch
        {
            source?.Dispose();
            model.Dispose();
            throw;
        }
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

    private static StageResult Result(EvaluationReport report, IReadOnlyList<StageFile> files, double? clipsPerSecond)
    {
        Scorecard card = report.Scorecard;
        return new StageResult
        {
            Kind = ArtifactKind.Report,
            Files = files,
            Metrics = new() { ["top1"] = card.Top1, ["top5"] = card.Top5, ["mean_per_class"] = card.MeanPerClass, ["chance"] = card.Chance, ["clips"] = card.Predictions.Count, ["failures"] = report.Failures.Count },
            Figures = clipsPerSecond is { } rate ? new() { ["clips_per_second"] = rate } : [],
            Summary = string.Create(CultureInfo.InvariantCulture, $"top-1 {100 * card.Top1:0.0} %, top-5 {100 * card.Top5:0.0} % on {card.Predictions.Count} {report.Part} clips (chance {100 * card.Chance:0.0} %)"),
        };
    }

    // All that is known before the first clip is classified.
    private sealed record Measurement(
        string ModelFile, OnnxClassifier Model, IClipSource Source, IReadOnlyList<int> Clips, string? Note, int[] Labels, ModelRun Run) : IDisposable
    {
        public IReadOnlyList<string> Names => [.. Clips.Select(clip => Source.Items[clip].Name)];

        public void Dispose()
        {
            Source.Dispose();
            Model.Dispose();
        }
    }
}
