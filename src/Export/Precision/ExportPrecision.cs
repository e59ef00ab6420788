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

    // The limit where none is given: see ExportOptions.MaxLogitShift.
    private const double UsualShift = 0.1;

    private static readonly JsonSerializerOptions Json = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        WriteIndented = true,
        NewLine = "\n",
        NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
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

        PrecisionSettings settings = SettingsOf(options) with { MaxLogitShift = LimitOf(options, clips, context.Progress) };
        PrecisionResult result = PrecisionPass.Apply(document, settings, clips, context.WorkFolder, new Relay(context.Progress), ct);
        File.WriteAllText(report, JsonSerializer.Serialize(result.Report.Rounded(), Json) + "\n");
        return result.Document;
    }

    /// <summary>The report, where one was written.</summary>
    public static IEnumerable<StageFile> Files(string folder)
    {
        string report = Path.Combine(folder, ReportFile);
        return File.Exists(report) ? [new StageFile(report, ReportFile, "application/json")] : [];
    }

    // A reconstruction takes more than clips, and cannot be run on them.
    private static bool NeedsClips(ExportOptions options) => options.Graph != GraphKind.Reconstruction
        && (options.Precision == GraphPrecision.Int8Static || (IsQuantised(options) && (options.MaxLogitShift != 0 || options.MeasureLayers)));

    private static bool IsQuantised(ExportOptions options) => options.Precision is not (GraphPrecision.Fp16 or GraphPrecision.Bf16);

    // A limit that was asked for must hold; the usual one gives way where it cannot be measured, and that is said.
    private static double? LimitOf(ExportOptions options, CalibrationSet? clips, IProgress<StageProgress> progress)
    {
        if (!IsQuantised(options) || options.MaxLogitShift == 0)
            return null;
        if (options.MaxLogitShift is not null || clips is { Clips.Count: > 0 })
            return options.MaxLogitShift ?? UsualShift;

        progress.Report(new StageProgress("quantising without a limit of the logits' shift: no clips to measure it on", 0, 0, "layers"));
        return null;
    }

    /// <summary>What of the options decides how a graph comes to its precision; but the limit of the shift, which depends on what it can be measured on.</summary>
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
        MeasureLayers = options.MeasureLayers,
        Threads = options.Threads,
    };

    private sealed class Relay(IProgress<StageProgress> progress) : IProgress<PrecisionProgress>
    {
        public void Report(PrecisionProgress value) => progress.Report(new StageProgress(value.Work, value.Done, value.Total, value.Unit));
    }
}
