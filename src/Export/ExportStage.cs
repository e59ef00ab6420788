using System.Globalization;
using System.Security.Cryptography;
using Unreel.Artifacts;
using Unreel.Onnx;
using Unreel.Pipelines;
using Unreel.Video;

namespace Unreel.Export;

/// <summary>Turns a trained network into an ONNX model, published only if it gives what the network gives on real clips.</summary>
public sealed class ExportStage(IEnumerable<IClipRecipeReader> recipes) : IStage<ExportOptions>
{
    private const string ModelFile = "model.onnx";
    private const string ParityFile = "parity.json";
    private const string WeightsFile = "model.safetensors";

    /// <inheritdoc/>
    public async Task<StageResult> RunAsync(ExportOptions options, IStageContext context, CancellationToken ct)
    {
        CheckProviders(options);
        CheckLayers(options);
        IReadOnlyList<GateProvider> providers = GateProvider.Find(options.Providers);
        string weights = await context.FetchAsync(options.Classifier, ct);
        string clips = await context.FetchAsync(options.Clips, ct);
        return await Task.Run(() => Export(options, providers, weights, clips, context, ct), ct);
    }

    private static void CheckProviders(ExportOptions options)
    {
        bool isForProcessors = options is { Precision: GraphPrecision.Int8Dynamic or GraphPrecision.Int8Static, Flavour: GraphFlavour.Ort };
        if (isForProcessors && options.Providers.Count > 0 && options.Providers.All(name => name == GateProvider.Cuda))
            throw new UsageException($"providers names {GateProvider.Cuda} alone, but precision {ExportPrecision.NameOf(options.Precision)} of flavour ort is made of operators that only the processor has; take the flavour portable, or fp16 for GPUs.");
    }

    private static void CheckLayers(ExportOptions options)
    {
        if (options.KeepFloat.Count > 0 && options.Precision is (GraphPrecision.Fp32 or GraphPrecision.Fp16 or GraphPrecision.Bf16))
            throw new UsageException($"keep_float names layers that are not to be quantised ({string.Join(", ", options.KeepFloat)}), but precision {ExportPrecision.NameOf(options.Precision)} quantises none; give one of int8_dynamic, int8_static, int8_weights and int4_weights, or leave it out.");
    }

    private StageResult Export(ExportOptions options, IReadOnlyList<GateProvider> providers, string weights, string clips, IStageContext context, CancellationToken ct)
    {
        string precision = ExportPrecision.NameOf(options.Precision);
        GateLimits limits = GateLimits.Of(options, precision);
        using IClipSource source = ClipDataset.Open(clips, recipes);
        using ExportedNetwork network = ExportedNetwork.Open(weights);
        ClipPreparation preparation = options.ViewClips == 0 ? network.Preparation : network.Preparation with { Clips = options.ViewClips };
        HeldOutClips held = HeldOutClips.Choose(source, options, preparation);

        string file = Path.Combine(context.WorkFolder, ModelFile);
        OnnxDocument document = InStructure(() => Write(
            network, options, preparation, DigestOf(Path.Combine(weights, WeightsFile)), () => CalibrationClips.Read(source, options, preparation, held.Chosen, context.Progress, ct), file, context, ct));

        Gate gate = new(file, geometry => ReferenceNetworks.Load(weights, network.Description, document.ReadContract(), geometry, options.Threads), FurtherGeometry.Of(network.Description, options), held, limits, options, context);
        GatePass passed = gate.Pass(precision, providers, network.Description.Labels, ct);
        gate.Report(Path.Combine(context.WorkFolder, ParityFile));
        IReadOnlyList<string> files = Finish(file, precision, passed, options);
        IReadOnlyList<string> golden = passed.Clearest is { } clip ? WriteGolden(file, clip, passed.How) : [];
        return Result(context.WorkFolder, files, golden, options.Graph == GraphKind.Classifier, passed);
    }

    private static OnnxDocument Write(
        ExportedNetwork network, ExportOptions options, ClipPreparation preparation, string digest, Func<CalibrationSet> clips, string file, IStageContext context, CancellationToken ct)
    {
        context.Progress.Report(new StageProgress("writing the graph", 0, 0, "nodes"));
        OnnxDocument document = ExportPrecision.Apply(network.Write(options, preparation, digest), options, clips, context, ct);
        document.Save(file, options.ExternalAbove);
        return document;
    }

    /// <summary>The first thing that the gate holds a graph against are the rules of the format; only the opset is the user's to mend.</summary>
    /// <exception cref="GateRefusedException">The graph breaks one.</exception>
    internal static T InStructure<T>(Func<T> write)
    {
        try
        {
            return write();
        }
        catch (GraphException problem) when (problem is not OpsetException)
        {
            throw new GateRefusedException($"The graph that was written breaks a rule of the format: {problem.Message}. Nothing was published.");
        }
    }

    // What was compared is what is published, but for the contract: weights are copied from file to file, and the result must load again.
    private static IReadOnlyList<string> Finish(string file, string precision, GatePass passed, ExportOptions options)
    {
        OnnxDocument document = OnnxDocument.Read(file);
        ModelContract contract = document.ReadContract() with
        {
            Precision = precision,
            Parity = passed.Record(),
            Accuracy = passed.Accuracy,
        };
        IReadOnlyList<string> files = document.WithContract(contract).Save(file, options.ExternalAbove);
        using IDisposable loaded = contract.Graph == GraphKind.Classifier ? OnnxModel.Open(file, passed.How) : TensorSession.Open(file, passed.How);
        return files;
    }

    // As the published file answers on the processor; where only a GPU can run it, there.
    private static IReadOnlyList<string> WriteGolden(string file, byte[] clip, OnnxModelOptions how)
    {
        try
        {
            return GoldenClip.Write(file, clip, new OnnxModelOptions { Threads = how.Threads });
        }
        catch (OnnxModelException) when (how.Device != OnnxDevice.Cpu)
        {
            return GoldenClip.Write(file, clip, how);
        }
    }

    private static string DigestOf(string file)
    {
        if (!File.Exists(file))
            throw new UsageException($"There is no {file}; expected a folder with {WeightsFile} and model.json.");

        using FileStream stream = File.OpenRead(file);
        return Digest.FromHash(SHA256.HashData(stream)).ToString();
    }

    private static StageResult Result(string folder, IReadOnlyList<string> files, IReadOnlyList<string> golden, bool isClassifier, GatePass passed)
    {
        long bytes = files.Sum(file => new FileInfo(file).Length);
        ParityReport parity = passed.Parity;
        SortedDictionary<string, double> metrics = new()
        {
            [isClassifier ? "largest_logit_difference" : "largest_difference"] = parity.LargestDifference,
            ["bytes"] = bytes,
        };
        if (isClassifier)
            metrics["top1_agreement"] = parity.Top1Agreement;
        if (passed.Accuracy is { } accuracy)
            metrics["parity_clips_top1"] = accuracy.Top1;

        return new StageResult
        {
            Kind = ArtifactKind.Onnx,
            Files =
            [
                .. files.Select(file => new StageFile(file, Path.GetFileName(file), Path.GetFileName(file) == ModelFile ? "application/onnx" : "application/octet-stream")),
                new StageFile(Path.Combine(folder, ParityFile), ParityFile, "application/json"),
                .. ExportPrecision.Files(folder),
                .. golden.Zip(GoldenClip.Files, (path, title) => new StageFile(path, title, "application/octet-stream")),
            ],
            Metrics = metrics,
            Summary = string.Create(
                CultureInfo.InvariantCulture,
                $"parity passed: largest difference {parity.LargestDifference:G3} at most, {(isClassifier ? $"same first class on {GateLimits.Percent(parity.Top1Agreement)} of " : "")}{parity.Clips} clips, {parity.Cells.Count} comparisons{(isClassifier && passed.Accuracy is null ? ", no accuracy for want of known labels" : "")}; {bytes / 1e6:0.0} MB"),
        };
    }
}
