using System.Text.Json;
using Unreel.Onnx;

namespace Unreel.Export;

/// <summary>Writes all that the gate measured: <c>parity.json</c>, published beside the model.</summary>
internal static class GateReport
{
    private static readonly JsonSerializerOptions Json = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        WriteIndented = true,
        NewLine = "\n",
        NumberHandling = System.Text.Json.Serialization.JsonNumberHandling.AllowNamedFloatingPointLiterals,
    };

    /// <summary>Writes the file.</summary>
    public static void Write(
        string path, GateJudgement judgement, ParityReport parity, IReadOnlyList<GateProvider> providers, AccuracyRecord? accuracy, string? splitNote) =>
        File.WriteAllText(path, Text(judgement, parity, providers, accuracy, splitNote) + "\n");

    private static string Text(GateJudgement judgement, ParityReport parity, IReadOnlyList<GateProvider> providers, AccuracyRecord? accuracy, string? splitNote) => JsonSerializer.Serialize(
        new
        {
            Tolerance = judgement.Bound,
            MinTop1Agreement = judgement.Limits.Agreement,
            MaxAccuracyLoss = judgement.Limits.AccuracyLoss,
            Measured = new { parity.LargestDifference, parity.MeanDifference, parity.Top1Agreement, parity.Clips, parity.BatchSizes, Outputs = parity.ByOutput() },
            Comparisons = parity.Cells.Select(cell => new
            {
                cell.Place.Provider,
                Optimisation = cell.Place.LevelName,
                cell.Place.Batch,
                cell.Clips,
                LargestDifference = cell.Largest,
                cell.MeanDifference,
                Top1Agreement = cell.Agreement,
            }),
            Providers = providers.Select(provider => new { provider.Name, Used = provider.Device is not null, provider.WhyNot }),
            Accuracy = accuracy is null ? null : new { accuracy.Dataset, accuracy.Videos, accuracy.Top1, accuracy.Top5, accuracy.NetworkTop1 },
            SplitNote = splitNote,
        },
        Json);
}
