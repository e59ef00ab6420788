using System.Globalization;
using System.Security.Cryptography;
using Unreel.Artifacts;
using Unreel.Modeling;
using Unreel.Onnx;
using Unreel.Pipelines;
using Unreel.Video;

namespace Unreel.Export;

/// <summary>Turns a classifier into an ONNX model, published only if it gives what the network gives on real clips.</summary>
public sealed class ExportStage(IEnumerable<IClipRecipeReader> recipes) : IStage<ExportOptions>
{
    private const string ModelFile = "model.onnx";
    private const string ParityFile = "parity.json";
    private const string Fp32 = "fp32";
    private const string WeightsFile = "model.safetensors";

    /// <inheritdoc/>
    public async Task<StageResult> RunAsync(ExportOptions options, IStageContext context, CancellationToken ct)
    {
        IReadOnlyList<GateProvider> providers = GateProvider.Find(options.Providers);
        string weights = await context.FetchAsync(options.Classifier, ct);
        string clips = await context.FetchAsync(options.Clips, ct);
        return await Task.Run(() => Export(options, providers, weights, clips, context, ct), ct);
    }

    private StageResult Export(ExportOptions options, IReadOnlyList<GateProvider> providers, string weights, string clips, IStageContext context, CancellationToken ct)
    {
        GateLimits limits = GateLimits.Of(options, Fp32);
        using IClipSource source = ClipDataset.Open(clips, recipes);
        Candidate candidate = Write(options, weights, source, context, ct);

        GateRun run = new(candidate.File, candidate.Answers, candidate.InputsOf, options, context);
        GateFindings found = run.Run(providers, GateLimits.IsForGpus(Fp32), ct);
        AccuracyRecord? accuracy = candidate.Answers.Logits is { } logits ? candidate.Held.Accuracy(candidate.Labels, found.Served, logits) : null;
        GateJudgement judgement = GateJudgement.For(candidate.Answers, limits);
        if (judgement.Objection(found.Parity, accuracy) is { } objection)
            throw new GateRefusedException(objection);

        ParityReport parity = found.Parity.Rounded(judgement.Bound);
        GateReport.Write(Path.Combine(context.WorkFolder, ParityFile), judgement, parity, found.Providers, accuracy, candidate.Held.Note);
        IReadOnlyList<string> files = Finish(candidate.File, parity, accuracy, judgement.Bound, options);
        return Result(context.WorkFolder, files, parity, accuracy);
    }

    // The network is asked and gone before ONNX Runtime loads the same weights: they are never in memory twice.
    private static Candidate Write(ExportOptions options, string weights, IClipSource source, IStageContext context, CancellationToken ct)
    {
        using ClassifierModel classifier = ClassifierModel.Load(weights, new TorchOptions { Device = "cpu", Threads = options.Threads });
        ClipPreparation preparation = options.ViewClips == 0 ? classifier.Preparation : classifier.Preparation with { Clips = options.ViewClips };
        HeldOutClips held = HeldOutClips.Choose(source, options, preparation);
        context.Progress.Report(new StageProgress("writing the graph", 0, 0, "nodes"));
        OnnxDocument document = ClassifierExport.Write(classifier, preparation, DigestOf(Path.Combine(weights, WeightsFile)));
        string file = Path.Combine(context.WorkFolder, ModelFile);
        document.Save(file, options.ExternalAbove);

        using ClassifierReference reference = new(classifier);
        IReadOnlyList<byte[]> views = held.ReadViews(context.Progress, ct);
        NetworkAnswers answers = NetworkAnswers.Ask(reference, views, done => context.Progress.Report(new StageProgress("asking the network", done, views.Count, "clips")), ct);
        return new Candidate(file, held, answers, reference.InputsOf, classifier.Labels);
    }

    // What was compared is what is published, but for the contract: weights are copied from file to file, and the result must load again.
    private static IReadOnlyList<string> Finish(string file, ParityReport parity, AccuracyRecord? accuracy, double bound, ExportOptions options)
    {
        OnnxDocument document = OnnxDocument.Read(file);
        ModelContract contract = document.ReadContract() with
        {
            Parity = new ParityRecord(bound, parity.LargestDifference, parity.Top1Agreement, parity.Clips, parity.BatchSizes)
            {
                MeanDifference = parity.MeanDifference,
                Worst = parity.Worst(),
            },
            Accuracy = accuracy,
        };
        IReadOnlyList<string> files = document.WithContract(contract).Save(file, options.ExternalAbove);
        OnnxModel.Open(file, new OnnxModelOptions { Threads = options.Threads }).Dispose();
        return files;
    }

    private static string DigestOf(string file)
    {
        using FileStream stream = File.OpenRead(file);
        return Digest.FromHash(SHA256.HashData(stream)).ToString();
    }

    private static StageResult Result(string folder, IReadOnlyList<string> files, ParityReport parity, AccuracyRecord? accuracy)
    {
        long bytes = files.Sum(file => new FileInfo(file).Length);
        SortedDictionary<string, double> metrics = new()
        {
            ["largest_logit_difference"] = parity.LargestDifference,
            ["top1_agreement"] = parity.Top1Agreement,
            ["bytes"] = bytes,
        };
        if (accuracy is not null)
            metrics["parity_clips_top1"] = accuracy.Top1;

        return new StageResult
        {
            Kind = ArtifactKind.Onnx,
            Files =
            [
                .. files.Select(file => new StageFile(file, Path.GetFileName(file), Path.GetFileName(file) == ModelFile ? "application/onnx" : "application/octet-stream")),
                new StageFile(Path.Combine(folder, ParityFile), ParityFile, "application/json"),
            ],
            Metrics = metrics,
            Summary = string.Create(
                CultureInfo.InvariantCulture,
                $"parity passed: largest logit difference {parity.LargestDifference:G3} at most, same first class on {GateLimits.Percent(parity.Top1Agreement)} of {parity.Clips} clips, {parity.Cells.Count} comparisons; {bytes / 1e6:0.0} MB"),
        };
    }

    private sealed record Candidate(
        string File, HeldOutClips Held, NetworkAnswers Answers, Func<ReadOnlyMemory<byte>, int, IReadOnlyList<NamedTensor>> InputsOf, IReadOnlyList<string> Labels);
}
