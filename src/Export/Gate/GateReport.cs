using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Unreel.Onnx;

namespace Unreel.Export;

/// <summary>Writes all that the gate measured: <c>parity.json</c>, published beside the model, and <c>refusal.json</c>, which stays behind.</summary>
internal static partial class GateReport
{
    private static readonly JsonSerializerOptions Json = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        WriteIndented = true,
        NewLine = "\n",
        NumberHandling = System.Text.Json.Serialization.JsonNumberHandling.AllowNamedFloatingPointLiterals,
    };

    /// <summary>Writes the document.</summary>
    /// <param name="judgement">What is accepted.</param>
    /// <param name="parity">All comparisons.</param>
    /// <param name="providers">Where they were made, and where they could not be.</param>
    /// <param name="accuracy">On labelled clips, or null.</param>
    /// <param name="splitNote">What is to be known of the clips' choice.</param>
    /// <param name="divergence">Where the two part, for a refusal.</param>
    public static string Text(
        GateJudgement judgement, ParityReport parity, IReadOnlyList<ProviderFindings> providers, AccuracyRecord? accuracy, string? splitNote, Divergence? divergence = null)
    {
        JsonObject document = JsonSerializer.SerializeToNode(
            new
            {
                Tolerance = judgement.Bound,
                Tolerances = judgement.Bounds,
                MinTop1Agreement = judgement.Limits.Agreement,
                MaxAccuracyLoss = judgement.Limits.AccuracyLoss,
                Measured = new { parity.LargestDifference, parity.MeanDifference, parity.Top1Agreement, parity.Clips, parity.BatchSizes, Outputs = parity.ByOutput() },
                Comparisons = parity.Cells.Select(Cell),
                Providers = providers.Select(found => new { found.Provider.Name, Used = found.Rows is not null, WhyNot = WithoutFolders(found.WhyNot) }),
                Accuracy = accuracy is null ? null : new { accuracy.Dataset, accuracy.Videos, accuracy.Top1, accuracy.Top5, accuracy.NetworkTop1 },
                SplitNote = splitNote,
            },
            Json)!.AsObject();
        if (divergence is not null)
            document.Add("divergence", JsonSerializer.SerializeToNode(new { Found = divergence.ToString(), First = divergence.First?.Module, divergence.Clip, divergence.Modules }, Json));

        return document.ToJsonString(Json) + "\n";
    }

    /// <summary>A reason without the folders of files that it names: what is published says nothing of how a machine is laid out.</summary>
    internal static string? WithoutFolders(string? reason) => reason is null ? null : Folders().Replace(reason, string.Empty);

    private static object Cell(ParityCell cell) => new
    {
        cell.Place.Provider,
        Optimisation = cell.Place.LevelName,
        cell.Place.Batch,
        Input = cell.Place.Input?.ToString(),
        cell.Clips,
        LargestDifference = cell.Largest,
        cell.MeanDifference,
        Top1Agreement = cell.Agreement,
    };

    // Up to the last slash of an absolute path; a slash between two words is none, nor is that of an address.
    [GeneratedRegex(@"(?<![\w./:])/(?:[^/\s'"":;,()]+/)+|(?<!\w)[A-Za-z]:\\(?:[^\\\s'"":;,()]+\\)*", RegexOptions.CultureInvariant)]
    private static partial Regex Folders();
}
