using System.Text;

namespace Unreel.Pipelines;

/// <summary>A run as Markdown, for the page that a CI system shows of a job. It links to nothing outside.</summary>
public static class MarkdownSummary
{
    /// <summary>The environment variable in which GitHub names the file whose Markdown it shows of a step.</summary>
    public const string Variable = "GITHUB_STEP_SUMMARY";

    private const int CellLength = 300;
    private const int BlockLength = 4000;

    /// <summary>Adds a run to the end of a file.</summary>
    /// <param name="path">The file; its folder must be there.</param>
    /// <param name="report">What became of the run.</param>
    /// <exception cref="IOException">It cannot be written.</exception>
    public static void Append(string path, RunReport report) => File.AppendAllText(path, Text(report));

    /// <summary>The Markdown.</summary>
    public static string Text(RunReport report)
    {
        StringBuilder text = new();
        text.Append($"## {Cell(report.Pipeline ?? "pipeline")}: {Headline(report)}\n\n");
        if (report.Stages.Count > 0)
        {
            text.Append("| Stage | State | Time | Artifact | Digest | Result |\n|---|---|---:|---|---|---|\n");
            foreach ((SummaryRow row, RunOutcome outcome) in RunText.Rows(report).Zip(report.Stages))
                text.Append($"| {Code(row.Stage)} | {Mark(outcome.State)} {row.State} | {row.Duration} | {Code(row.Artifact)} | {Code(row.Digest)} | {Cell(row.Summary ?? string.Empty)} |\n");
            text.Append('\n');
        }

        foreach ((string title, string message) in Problems(report))
            text.Append($"**{Cell(title)}**\n\n{Block(message)}\n");
        if (report.Store is { } store)
            text.Append($"Store: {Code(SecretText.Hide(store))}{(report.Record is { } record ? $", run {Code(record.Digest.ToString())}" : string.Empty)}\n\n");
        return text.ToString();
    }

    private static string Headline(RunReport report) => report.ExitCode switch
    {
        ExitCodes.Done when report.Stages.Any(outcome => outcome.State == StageState.WouldRun) => "what would run",
        ExitCodes.Done when report.Stages.All(outcome => outcome.State is StageState.UpToDate or StageState.Skipped) => "up to date",
        ExitCodes.Done => $"done in {RunText.Of(report.Duration)}",
        ExitCodes.Cancelled => $"cancelled after {RunText.Of(report.Duration)}",
        int code => $"stopped with exit code {code} after {RunText.Of(report.Duration)}",
    };

    private static IEnumerable<(string Title, string Message)> Problems(RunReport report)
    {
        foreach (RunOutcome outcome in report.Stages.Where(outcome => outcome.State is StageState.Failed or StageState.Refused))
            yield return ($"{outcome.Stage.Id} {RunText.Of(outcome.State)}", outcome.Reason);
        if (report.Error is { } error)
            yield return ("The pipeline could not begin", error.Message);
    }

    private static string Mark(StageState state) => state switch
    {
        StageState.Done => "✅",
        StageState.UpToDate => "☑️",
        StageState.WouldRun => "🕒",
        StageState.Skipped => "⏭️",
        StageState.Cancelled => "⏹️",
        _ => "❌",
    };

    private static string Code(string? text) => string.IsNullOrEmpty(text) ? string.Empty : $"<code>{Cell(text)}</code>";

    /// <summary>Text that means nothing to Markdown or HTML, in one line.</summary>
    private static string Cell(string text)
    {
        string line = SecretText.Hide(text).ReplaceLineEndings(" ");
        StringBuilder cell = new();
        foreach (char c in line.Length > CellLength ? line[..CellLength] + " …" : line)
        {
            if (c is '&' or '<' or '>' or '|' or '*' or '_' or '`' or '[' or ']' or '\\' or '~' or '#' or '@' or '!')
                cell.Append($"&#{(int)c};");
            else
                cell.Append(c);
        }

        return cell.ToString();
    }

    private static string Block(string message)
    {
        string text = SecretText.Hide(message).ReplaceLineEndings("\n");
        if (text.Length > BlockLength)
            text = text[..BlockLength] + "\n…";
        string fence = new('`', Math.Max(3, LongestRun(text) + 1));
        return $"{fence}text\n{text}\n{fence}\n";
    }

    private static int LongestRun(string text)
    {
        int longest = 0, now = 0;
        foreach (char c in text)
        {
            now = c == '`' ? now + 1 : 0;
            longest = Math.Max(longest, now);
        }

        return longest;
    }
}
