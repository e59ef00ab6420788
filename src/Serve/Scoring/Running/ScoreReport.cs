using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Unreel.Artifacts;
using Unreel.Pipelines;
using Unreel.Serve.Http;
using Unreel.Video;

namespace Unreel.Serve.Scoring;

/// <summary>What is written beside rows: what they are of and how good the model is, the picture of its confusion, and the list of failures. The same rows give the same bytes.</summary>
/// <param name="Identity">What the rows are of.</param>
/// <param name="Model">The model as it is called anywhere: an artifact, or the name of a file.</param>
/// <param name="Videos">The videos likewise.</param>
/// <param name="Labels">The model's labels.</param>
/// <param name="Options">The options that decide rows, for the lineage.</param>
/// <param name="Inputs">Model and videos, for the lineage.</param>
internal sealed record ScoreReport(ScoreIdentity Identity, string Model, string Videos, IReadOnlyList<string> Labels, JsonObject Options, IReadOnlyList<LineageInput> Inputs)
{
    /// <summary>The value of a report's <c>format</c>.</summary>
    public const string Format = "unreel.scores.v1";

    private const int MostLabels = 10_000;

    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true, NewLine = "\n", Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Counts rows and writes the files beside them; those that have nothing to say are removed, and so are the rows that are to be replaced.</summary>
    /// <returns>The counts.</returns>
    public ScoreTally Write(ScoreTarget target, IEnumerable<FinishedRow> rows)
    {
        ScoreTally tally = new(Labels, Identity.TopK);
        // Killed before the new rows have their name, old ones must not stand beside what is said of the new.
        File.Delete(target.File);
        WriteFailures(target.Failures, rows, tally);
        if (tally.Measured > 0)
            WriteFile(target.Confusion, Picture(tally));
        else
            File.Delete(target.Confusion);

        WriteFile(target.Report, ToJson(tally).ToJsonString(Indented) + "\n");
        return tally;
    }

    /// <summary>Reads the report beside finished rows.</summary>
    /// <exception cref="UsageException">There is none, or it is something else.</exception>
    public static ScoreReport Read(byte[] text, string file)
    {
        ScoreIdentity identity = ScoreIdentity.Read(text, ScoreIdentity.Member, file);
        JsonNode node = JsonNode.Parse(text)!;
        try
        {
            ScoreReport report = new(
                identity,
                node["model"].Deserialize<string>()!,
                node["videos"].Deserialize<string>()!,
                node["labels"].Deserialize<string[]>() ?? [],
                node["options"]?.DeepClone().AsObject() ?? [],
                node["inputs"].Deserialize<LineageInput[]>(ServeJson.Options) ?? []);
            CheckLabels(report.Labels);
            return report;
        }
        catch (Exception problem) when (problem is JsonException or FormatException or InvalidOperationException)
        {
            throw new UsageException($"{file} is no report of scores: {problem.Message}", problem);
        }
    }

    /// <summary>Names the file where its rows turn out to be none.</summary>
    public static IEnumerable<FinishedRow> Named(IEnumerable<FinishedRow> rows, string file)
    {
        using IEnumerator<FinishedRow> each = rows.GetEnumerator();
        while (Next(each, file))
            yield return each.Current;
    }

    /// <summary>Writes a small file so that nobody meets half of it.</summary>
    public static void WriteFile(string path, string text)
    {
        string temporary = path + ".tmp";
        File.WriteAllText(temporary, text, new UTF8Encoding(false));
        File.Move(temporary, path, overwrite: true);
    }

    // What they are counted by: a report is read before its rows, and may be anybody's.
    private static void CheckLabels(IReadOnlyList<string?> labels)
    {
        if (labels.Count > MostLabels)
            throw new FormatException($"it has {labels.Count} labels; expected at most {MostLabels}.");

        HashSet<string> seen = new(StringComparer.Ordinal);
        foreach (string? label in labels)
        {
            if (label is null || !seen.Add(label))
                throw new FormatException(label is null ? "a label is null." : $"the label {label} is there twice.");
        }
    }

    private static bool Next(IEnumerator<FinishedRow> rows, string file)
    {
        try
        {
            return rows.MoveNext();
        }
        catch (FormatException problem)
        {
            throw new UsageException($"{file} cannot be read: {problem.Message}.", problem);
        }
    }

    private static void WriteFailures(string path, IEnumerable<FinishedRow> rows, ScoreTally tally)
    {
        string temporary = path + ".tmp";
        using (StreamWriter failures = new(temporary, append: false, new UTF8Encoding(false)))
        {
            failures.Write(CsvText.Record(["file", "error"]));
            foreach (FinishedRow row in rows)
            {
                tally.Add(row);
                if (row.Error is not null)
                    failures.Write(CsvText.Record([row.File, row.Error]));
            }
        }

        File.Delete(path);
        if (tally.Failed > 0)
            File.Move(temporary, path);
        else
            File.Delete(temporary);
    }

    // Of many classes only those that were met: a picture of all would hide them.
    private static string Picture(ScoreTally tally)
    {
        int[] met = [.. Enumerable.Range(0, tally.Labels.Count).Where(place => tally.Of(place) + tally.Called(place) > 0)];
        int[,] confusion = new int[met.Length, met.Length];
        for (int row = 0; row < met.Length; row++)
        {
            for (int column = 0; column < met.Length; column++)
                confusion[row, column] = tally.Confusion[met[row], met[column]];
        }

        return ConfusionPicture.Draw([.. met.Select(place => tally.Labels[place])], confusion);
    }

    private JsonObject ToJson(ScoreTally tally) => new()
    {
        ["format"] = Format,
        ["model"] = Model,
        ["videos"] = Videos,
        [ScoreIdentity.Member] = Identity.ToJson(),
        ["inputs"] = JsonSerializer.SerializeToNode(Inputs, ServeJson.Options),
        ["options"] = Options.DeepClone(),
        ["labels"] = new JsonArray([.. Labels.Select(label => (JsonNode?)label)]),
        ["rows"] = tally.Rows,
        ["failed"] = tally.Failed,
        ["accuracy"] = tally.ToJson(),
    };
}
