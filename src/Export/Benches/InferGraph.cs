using System.Globalization;
using Unreel.Onnx;
using Unreel.Pipelines;

namespace Unreel.Export;

/// <summary>A way to write a network.</summary>
/// <param name="Flavour">In which operators.</param>
/// <param name="Precision">In which numbers.</param>
internal sealed record InferGraph(GraphFlavour Flavour, GraphPrecision Precision)
{
    /// <summary>The ways that are compared; the first is what the others are held against.</summary>
    public static IReadOnlyList<InferGraph> All { get; } =
    [
        new(GraphFlavour.Portable, GraphPrecision.Fp32),
        new(GraphFlavour.Ort, GraphPrecision.Fp32),
        new(GraphFlavour.Ort, GraphPrecision.Int8Dynamic),
        new(GraphFlavour.Ort, GraphPrecision.Int8Static),
        new(GraphFlavour.Ort, GraphPrecision.Int8Weights),
    ];

    /// <summary>E.g. <c>ort-int8-dynamic</c>.</summary>
    public string Name => $"{FlavourName}-{PrecisionName.Replace('_', '-')}";

    private string FlavourName => Flavour.ToString().ToLowerInvariant();

    private string PrecisionName => ExportPrecision.NameOf(Precision);

    /// <summary>Writes a folder's network to a file, as the export does but for the gate, and with no layer kept in float for its effect: of random weights that says nothing.</summary>
    /// <param name="folder">The network.</param>
    /// <param name="file">The model's file.</param>
    /// <param name="clips">What ranges are found on.</param>
    /// <param name="threads">Threads of a run on them.</param>
    /// <param name="ct">Cancels.</param>
    public void Write(string folder, string file, IReadOnlyList<ReadOnlyMemory<byte>> clips, int threads, CancellationToken ct)
    {
        ExportOptions options = Options(threads);
        using ExportedNetwork network = ExportedNetwork.Open(folder);
        OnnxDocument document = network.Write(options, network.Preparation, "sha256:0");
        ModelContract contract = document.ReadContract() with { Precision = PrecisionName };
        CalibrationSet calibration = new(clips, contract.Input);
        document = PrecisionPass.Apply(document, ExportPrecision.SettingsOf(options), calibration, Path.GetDirectoryName(file)!, new Unheard(), ct).Document;
        document.WithContract(contract).Save(file);
    }

    /// <summary>All that decides the figures and lies in the graph.</summary>
    public SortedDictionary<string, string> Config(InferCase one, InferBenchScale scale) => new(one.Config(scale.Classes), StringComparer.Ordinal)
    {
        ["flavour"] = FlavourName,
        ["precision"] = PrecisionName,
        ["opset"] = ExportStyle.Of(Options(0)).Opset.ToString(CultureInfo.InvariantCulture),
        ["runtime"] = OnnxRuntimeInfo.Load().Version,
        ["batch"] = "1",
        ["threads"] = scale.Threads.ToString(CultureInfo.InvariantCulture),
        ["calibration_clips"] = (Precision == GraphPrecision.Int8Static ? scale.CalibrationClips : 0).ToString(CultureInfo.InvariantCulture),
    };

    private ExportOptions Options(int threads) => new()
    {
        Classifier = StageInput.Parse("weights/bench"),
        Clips = StageInput.Parse("clips/bench"),
        Flavour = Flavour,
        Precision = Precision,
        MaxLogitShift = 0,
        Threads = threads,
    };

    private sealed class Unheard : IProgress<PrecisionProgress>
    {
        public void Report(PrecisionProgress value)
        {
        }
    }
}
