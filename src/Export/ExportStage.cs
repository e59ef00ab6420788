using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json;
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
    private static readonly JsonSerializerOptions Json = new() { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower, WriteIndented = true, NewLine = "\n" };

    /// <inheritdoc/>
    public async Task<StageResult> RunAsync(ExportOptions options, IStageContext context, CancellationToken ct)
    {
        string weights = await context.FetchAsync(options.Classifier, ct);
        string clips = await context.FetchAsync(options.Clips, ct);
        return await Task.Run(() => Export(options, weights, clips, context, ct), ct);
    }

    private StageResult Export(ExportOptions options, string weights, string clips, IStageContext context, CancellationToken ct)
    {
        using ClassifierModel classifier = ClassifierModel.Load(weights, new TorchOptions { Device = "cpu", Threads = options.Threads });
        ClipPreparation preparation = options.ViewClips == 0 ? classifier.Preparation : classifier.Preparation with { Clips = options.ViewClips };
        context.Progress.Report(new StageProgress("writing the graph", 0, 0, "nodes"));
        OnnxDocument document = ClassifierExport.Write(classifier, preparation, DigestOf(Path.Combine(weights, "model.safetensors")));

        string model = Path.Combine(context.WorkFolder, ModelFile);
        document.Save(model);
        using IClipSource source = ClipDataset.Open(clips, recipes);
        HeldOutClips held = HeldOutClips.Choose(source, options, preparation);
        (ParityReport parity, AccuracyRecord? accuracy) = Measure(model, classifier, held, options, context, ct);
        ParityGate.Judge(parity, options);
        parity = parity.Rounded(options.Tolerance);
        WriteReport(Path.Combine(context.WorkFolder, ParityFile), options, parity, held.Note);

        ModelContract contract = document.ReadContract() with
        {
            Parity = new ParityRecord(options.Tolerance, parity.LargestDifference, parity.Top1Agreement, parity.Clips, parity.BatchSizes),
            Accuracy = accuracy,
        };
        document.WithContract(contract).Save(model);
        CheckLoads(model, options);
        return Result(context.WorkFolder, parity, accuracy, new FileInfo(model).Length);
    }

    private static (ParityReport Parity, AccuracyRecord? Accuracy) Measure(
        string path, ClassifierModel classifier, HeldOutClips held, ExportOptions options, IStageContext context, CancellationToken ct)
    {
        using OnnxModel model = OnnxModel.Open(path, new OnnxModelOptions { Threads = options.Threads });
        IReadOnlyList<byte[]> views = held.ReadViews(context.Progress, ct);
        context.Progress.Report(new StageProgress("comparing with the network", 0, 0, "clips"));
        ParityReport parity = new ParityGate(model, classifier.Logits, options.Tolerance).Compare(views, ct);
        return (parity, held.Accuracy(model, views, ct));
    }

    // The published bytes are not those that were compared: the contract was added. They must load too.
    private static void CheckLoads(string path, ExportOptions options)
    {
        using OnnxModel model = OnnxModel.Open(path, new OnnxModelOptions { Threads = options.Threads });
    }

    private static string DigestOf(string file)
    {
        using FileStream stream = File.OpenRead(file);
        return Digest.FromHash(SHA256.HashData(stream)).ToString();
    }

    private static void WriteReport(string path, ExportOptions options, ParityReport parity, string? note) =>
        File.WriteAllText(path, JsonSerializer.Serialize(new { options.Tolerance, options.MinTop1Agreement, Measured = parity, SplitNote = note }, Json) + "\n");

    private static StageResult Result(string folder, ParityReport parity, AccuracyRecord? accuracy, long bytes)
    {
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
                new StageFile(Path.Combine(folder, ModelFile), ModelFile, "application/onnx"),
                new StageFile(Path.Combine(folder, ParityFile), ParityFile, "application/json"),
            ],
            Metrics = metrics,
            Summary = string.Create(
                CultureInfo.InvariantCulture,
                $"parity passed: largest logit difference {parity.LargestDifference:G3} at most, same first class on {100 * parity.Top1Agreement:0.##} % of {parity.Clips} clips; {bytes / 1e6:0.0} MB"),
        };
    }
}
