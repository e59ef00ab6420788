using System.Text.Json;
using System.Text.Json.Serialization;
using Unreel.Onnx;
using Unreel.Pipelines;

namespace Unreel.Export;

/// <summary>Brings a graph to the precision that is asked for, and reports what that cost.</summary>
internal static class ExportPrecision
{
    /// <summary>Name of the report beside the model.</summary>
    public const string ReportFile = "precision.json";

    private static readonly JsonSerializerOptions Json = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        WriteIndented = true,
        NewLine = "\n",
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.SnakeCaseLower) },
    };

    /// <summary>The name of a precision in options, contracts and reports, such as <c>int8_static</c>.</summary>
    public static string NameOf(GraphPrecision precision) => JsonNamingPolicy.SnakeCaseLower.ConvertName(precision.ToString());

    /// <summary>Returns the document in the precision asked for; beside fp32, <see cref="ReportFile"/> is written into the stage's folder.</summary>
    /// <param name="document">The graph in fp32; its weights are converted one after another, when the result is saved.</param>
    /// <param name="options">The precision and how it is come to.</param>
    /// <param name="readClips">Decodes calibration clips, perhaps none; asked only where the precision has a use for them.</param>
    /// <param name="context">Folder and progress.</param>
    /// <param name="ct">Cancels.</param>
    /// <exception cref="PrecisionException">The graph cannot be brought to it.</exception>
    /// <exception cref="UsageException">Ranges are to be found on clips, and there are none.</exception>
    public static OnnxDocument Apply(OnnxDocument document, ExportOptions options, Func<CalibrationSet> readClips, IStageContext context, CancellationToken ct)
    {
        // A run before this one, with other options, may have left its own.
        string report = Path.Combine(context.WorkFolder, ReportFile);
        File.Delete(report);
        if (options.Precision == GraphPrecision.Fp32)
            return document;

        CalibrationSet? clips = NeedsClips(options) ? readClips() : null;
        if (options.Precision == GraphPrecision.Int8Static && clips is { Clips.Count: 0 })
            throw new UsageException($"{options.Clips} has no clips to calibrate {NameOf(options.Precision)} on beside those that the model is judged on: give more clips, or fewer parity_clips.");

        PrecisionResult result = PrecisionPass.Apply(document, SettingsOf(options), clips, context.WorkFolder, new Relay(context.Progress), ct);
        File.WriteAllText(report, JsonSerializer.Serialize(result.Report.Rounded(), Json) + "\n");
        return result.Document;
    }

    /// <summary>The report, where one was written.</summary>
    public static IEnumerable<StageFile> Files(string folder)
    {
        string report = Path.Combine(folder, ReportFile);
        return File.Exists(report) ? [new StageFile(report, ReportFile, "application/json")] : [];
    }

    private static bool NeedsClips(ExportOptions options) => options.Precision switch
    {
        GraphPrecision.Fp16 or GraphPrecision.Bf16 => false,
        GraphPrecision.Int8Static => true,
        GraphPrecision.Int8Dynamic when options is { QuantiseAttention: true, Flavour: GraphFlavour.Ort } => true,
        _ => IsMeasured(options),
    };

    private static bool IsMeasured(ExportOptions options) => options.MaxLogitShift > 0 || options.MeasureLayers;

    /// <summary>What of the options decides how a graph comes to its precision.</summary>
    internal static PrecisionSettings SettingsOf(ExportOptions options) => new()
    {
        Precision = options.Precision,
        Flavour = options.Flavour,
        Calibration = options.Calibration,
        SignedActivations = options.SignedActivations,
        ReduceRange = options.ReduceRange,
        QuantiseAttention = options.QuantiseAttention,
        QuantiseEmbedding = options.QuantiseEmbedding,
        BlockSize = options.BlockSize,
        BlockZeroPoints = options.BlockZeroPoints,
        AccuracyLevel = options.AccuracyLevel,
        KeepFloat = options.KeepFloat,
        MaxLogitShift = options.MaxLogitShift > 0 ? options.MaxLogitShift : null,
        MeasureLayers = options.MeasureLayers,
        Threads = options.Threads,
    };

    private sealed class Relay(IProgress<StageProgress> progress) : IProgress<PrecisionProgress>
    {
        public void Report(PrecisionProgress value) => progress.Report(new StageProgress(value.Work, value.Done, value.Total, value.Unit));
    }
}
