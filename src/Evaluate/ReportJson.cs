using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Unreel.Evaluate;

/// <summary>The report as JSON, for programs. The same evaluation gives the same bytes.</summary>
internal static class ReportJson
{
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true, NewLine = "\n", Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Writes the report.</summary>
    public static string Write(EvaluationReport report)
    {
        Scorecard card = report.Scorecard;
        JsonObject json = new()
        {
            ["format"] = "unreel.evaluation.v1",
            ["model"] = report.Model,
            ["model_digest"] = report.ModelDigest,
            ["clips"] = report.Clips,
            ["part"] = report.Part,
            ["views"] = report.Views,
            ["count"] = card.Predictions.Count,
            ["top1"] = Round(card.Top1),
            ["top5"] = Round(card.Top5),
            ["mean_per_class"] = Round(card.MeanPerClass),
            ["chance"] = Round(card.Chance),
            ["majority"] = Round(card.Majority),
            ["labels"] = Array(card.Labels, label => label),
            ["classes"] = Array(card.Classes, Class),
            ["confusion"] = Array(Enumerable.Range(0, card.Labels.Count), row => Row(card, row)),
            ["predictions"] = Array(card.Predictions, prediction => Prediction(card, prediction)),
            ["failures"] = Array(report.Failures, failure => new JsonObject { ["clip"] = failure.Clip, ["reason"] = failure.Reason }),
        };
        if (report.SplitNote is { } note)
            json.Insert(json.IndexOf("part") + 1, "split_note", note);

        return json.ToJsonString(Indented) + "\n";
    }

    private static JsonObject Class(ClassScore score) => new()
    {
        ["label"] = score.Label,
        ["clips"] = score.Clips,
        ["correct"] = score.Correct,
        ["predicted"] = score.Predicted,
        ["recall"] = score.Recall is { } recall ? Round(recall) : null,
        ["precision"] = score.Precision is { } precision ? Round(precision) : null,
    };

    private static JsonArray Row(Scorecard card, int row) =>
        Array(Enumerable.Range(0, card.Labels.Count), column => card.Confusion[row, column]);

    private static JsonObject Prediction(Scorecard card, ClipPrediction prediction) => new()
    {
        ["clip"] = prediction.Name,
        ["label"] = card.Labels[prediction.Label],
        ["predicted"] = card.Labels[prediction.Predicted],
        ["rank"] = prediction.Rank + 1,
        ["probabilities"] = Array(prediction.Probabilities, value => Round(value)),
    };

    private static JsonArray Array<T>(IEnumerable<T> items, Func<T, JsonNode?> write) => new([.. items.Select(write)]);

    // Six decimals: beyond them, probabilities follow the processor's instructions rather than the model.
    private static double Round(double value) => Math.Round(value, 6);
}
