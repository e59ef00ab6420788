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

    /// <summary>Whether a precision has use for calibration clips: to find ranges on, or to measure what it costs.</summary>
    public static bool NeedsClips(ExportOptions options) => options.Precision switch
    {
        GraphPrecision.Fp32 or GraphPrecision.Fp16 or GraphPrecision.Bf16 => false,
        GraphPrecision.Int8Static => true,
        _ => IsMeasured(options),
    };

    /// <summary>Returns the document in the precision asked for; beside fp32, <see cref="ReportFile"/> is written into the stage's folder.</summary>
    /// <param name="document">The graph in fp32; its weights are converted one after another, when the result is saved.</param>
    /// <param name="options">The precision and how it is come to.</param>
    /// <param name="clips">Calibration clips; null where <see cref="NeedsClips"/> says that there is no use for them.</param>
    /// <param name="context">Folder and progress.</param>
    /// <param name="ct">Cancels.</param>
    /// <exception cref="PrecisionException">The graph cannot be brought to it.</exception>
    public static OnnxDocument Apply(OnnxDocument document, ExportOptions options, CalibrationSet? clips, IStageContext context, CancellationToken ct)
    {
        if (options.Precision == GraphPrecision.Fp32)
            return document;

        PrecisionResult result = PrecisionPass.Apply(document, SettingsOf(options), clips, context.WorkFolder, new Relay(context.Progress), ct);
        File.WriteAllText(Path.Combine(context.WorkFolder, ReportFile), JsonSerializer.Serialize(result.Report.Rounded(), Json) + "\n");
        return result.Document;
    }

    private static bool IsMeasured(ExportOptions options) => options.MaxLogitShift > 0 || options.MeasureLayers;

    private static PrecisionSettings SettingsOf(ExportOptions options) => new()
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
