using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Unreel.Pipelines;
using Unreel.Video;

namespace Unreel.Finetune;

/// <summary>Writes what trainings came to: for people, for programs and for spreadsheets.</summary>
/// <param name="summary">The figures.</param>
/// <param name="published">What the weights beside the report are, in words.</param>
/// <param name="note">What is to be known of the division; null for nothing.</param>
internal sealed class TrialReport(TrialSummary summary, string published, string? note)
{
    private static readonly JsonSerializerOptions Json = new() { WriteIndented = true, NewLine = "\n" };

    /// <summary>Writes all files into a folder.</summary>
    public IReadOnlyList<StageFile> Write(string folder) =>
    [
        Write(folder, "report.md", "text/markdown", Markdown()),
        Write(folder, "report.json", "application/json", Document().ToJsonString(Json) + "\n"),
        Write(folder, "accuracies.csv", "text/csv", Accuracies()),
        Write(folder, "predictions.csv", "text/csv", Predictions()),
        Write(folder, "confusion.svg", "image/svg+xml", ConfusionPicture.Draw(summary.Labels, summary.Confusion)),
    ];

    /// <summary>One line: the mean, and its spread where there is one.</summary>
    public string Headline()
    {
        string spread = (summary.SpreadOverFolds, summary.SpreadOverSeeds) switch
        {
            (null, null) => string.Empty,
            ({ } folds, null) => Text($" (± {Percent(folds)} over {summary.Folds.Count} folds)"),
            (null, { } seeds) => Text($" (± {Percent(seeds)} over {summary.Seeds.Count} seeds)"),
            ({ } folds, { } seeds) => Text($" (± {Percent(seeds)} over {summary.Seeds.Count} seeds, ± {Percent(folds)} over {summary.Folds.Count} folds)"),
        };
        return Text($"top-1 {Percent(summary.Top1)} %{spread} on {summary.Videos} held-out clips of {summary.Labels.Count} labels");
    }

    /// <summary>A row a fold, a column a seed, means at the margins.</summary>
    public string Table()
    {
        List<string[]> rows = [["fold", "held out", "videos", .. summary.Seeds.Select(seed => Text($"seed {seed[0].Seed}")), "mean"]];
        foreach (TrialRecord[] fold in summary.Folds)
            rows.Add([Text($"{fold[0].Fold}"), Held(fold[0]), Text($"{fold[0].Predictions.Count}"), .. fold.Select(trial => Percent(trial.Top1)), Percent(TrialSummary.Mean(fold))]);
        rows.Add(["mean", "", Text($"{summary.Videos}"), .. summary.Seeds.Select(seed => Percent(TrialSummary.Mean(seed))), Percent(summary.Top1)]);
        return Table(rows);
    }

    private string Markdown()
    {
        List<string[]> classes = [["class", "tests", "right", "accuracy"]];
        foreach (ClassFigures figures in summary.Classes)
            classes.Add([figures.Label, Text($"{figures.Videos}"), Text($"{figures.Right}"), figures.Accuracy is { } accuracy ? Percent(accuracy) : "–"]);
        return Text($"""
            # Fine-tuning

            {Headline()}.
            Accuracies are in percent. Spreads are sample standard deviations: over seeds, of the mean over folds; over folds, of the mean over seeds.
            {published}
            {(note is null ? string.Empty : note + "\n")}
            {Table()}
            {Table(classes)}
            ![confusion](confusion.svg)

            """);
    }

    // A Markdown table whose columns are also straight where it is read as it stands.
    private static string Table(List<string[]> rows)
    {
        string[][] cells = [.. rows.Select(row => row.Select(cell => cell.Replace("|", "\\|", StringComparison.Ordinal)).ToArray())];
        int[] widths = [.. Enumerable.Range(0, cells[0].Length).Select(column => Math.Max(3, cells.Max(row => row[column].Length)))];
        var text = new StringBuilder();
        for (int row = 0; row < cells.Length; row++)
        {
            text.Append("| ").AppendJoin(" | ", cells[row].Select((cell, column) => cell.PadRight(widths[column]))).Append(" |\n");
            if (row == 0)
                text.Append('|').AppendJoin('|', widths.Select(width => new string('-', width + 2))).Append("|\n");
        }

        return text.ToString();
    }

    private JsonObject Document() => new()
    {
        ["top1"] = summary.Top1,
        ["spread_over_folds"] = summary.SpreadOverFolds,
        ["spread_over_seeds"] = summary.SpreadOverSeeds,
        ["held_out_videos"] = summary.Videos,
        ["published"] = published,
        ["note"] = note,
        ["trials"] = new JsonArray([.. summary.Trials.Select(trial => new JsonObject
        {
            ["fold"] = trial.Fold,
            ["held_out"] = new JsonArray([.. trial.HeldOut.Select(group => JsonValue.Create(group))]),
            ["seed"] = trial.Seed,
            ["videos"] = trial.Predictions.Count,
            ["right"] = trial.Right,
            ["top1"] = trial.Top1,
            ["loss"] = trial.Loss,
            ["steps"] = trial.Steps,
        })]),
        ["classes"] = new JsonArray([.. summary.Classes.Select(figures => new JsonObject
        {
            ["label"] = figures.Label,
            ["tests"] = figures.Videos,
            ["right"] = figures.Right,
            ["accuracy"] = figures.Accuracy,
        })]),
        ["confusion"] = new JsonArray([.. Enumerable.Range(0, summary.Labels.Count).Select(row =>
            new JsonArray([.. Enumerable.Range(0, summary.Labels.Count).Select(column => JsonValue.Create(summary.Confusion[row, column]))]))]),
    };

    private string Accuracies()
    {
        var text = new StringBuilder("fold,held_out,seed,videos,right,top1\n");
        foreach (TrialRecord trial in summary.Trials)
            text.Append(Text($"{trial.Fold},{Field(string.Join(' ', trial.HeldOut))},{trial.Seed},{trial.Predictions.Count},{trial.Right},{trial.Top1:0.######}\n"));
        return text.ToString();
    }

    private string Predictions()
    {
        var text = new StringBuilder("fold,seed,video,label,predicted\n");
        foreach (TrialRecord trial in summary.Trials)
        {
            foreach (Prediction prediction in trial.Predictions)
                text.Append(Text($"{trial.Fold},{trial.Seed},{Field(prediction.Video)},{Field(summary.Labels[prediction.Label])},{Field(summary.Labels[prediction.Predicted])}\n"));
        }

        return text.ToString();
    }

    private static StageFile Write(string folder, string name, string mediaType, string text)
    {
        string path = Path.Combine(folder, name);
        File.WriteAllText(path, text);
        return new StageFile(path, name, mediaType);
    }

    private static string Held(TrialRecord trial) => trial.HeldOut.Count switch
    {
        0 => "as the file says",
        <= 4 => string.Join(", ", trial.HeldOut),
        _ => Text($"{trial.HeldOut[0]} and {trial.HeldOut.Count - 1} more"),
    };

    // A field that holds what separates fields is quoted (RFC 4180).
    private static string Field(string text) => text.AsSpan().ContainsAny(",\"\n") ? $"\"{text.Replace("\"", "\"\"", StringComparison.Ordinal)}\"" : text;

    private static string Percent(double share) => (share * 100).ToString("0.0", CultureInfo.InvariantCulture);

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
