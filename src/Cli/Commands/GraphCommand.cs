using System.CommandLine;
using Spectre.Console;
using Unreel.Pipelines;

namespace Unreel.Cli.Commands;

/// <summary><c>unreel graph FILE</c>: which stage feeds which, and how it stands with each.</summary>
internal static class GraphCommand
{
    public static Command Create()
    {
        LookOptions options = new();
        Option<string> format = new("--format") { Description = "text for people, svg for a page. Default: text.", HelpName = "text|svg", DefaultValueFactory = _ => "text" };
        format.AcceptOnlyFromAmong("text", "svg");
        Option<string?> output = new("--out", "-o") { Description = "Write to FILE instead of standard output.", HelpName = "FILE" };
        Command command = new("graph", "Draws the graph of a pipeline's stages with the state of each. Runs nothing.");
        options.AddTo(command);
        command.Options.Remove(options.Json);
        command.Add(format);
        command.Add(output);
        command.SetAction(async (parsed, ct) =>
        {
            RunReport report = await options.LookAsync(parsed, ct);
            string? path = parsed.GetValue(output);
            if (parsed.GetValue(format) == "svg")
                await WriteAsync(GraphSvg.Draw($"Pipeline {report.Pipeline}", report.Stages), path, ct);
            else if (path is not null || Console.IsOutputRedirected)
                await WriteAsync(string.Join('\n', Lines(report, Plain)) + "\n", path, ct);
            else
                Lines(report, Coloured).ToList().ForEach(AnsiConsole.MarkupLine);

            return report.ExitCode;
        });
        return command;
    }

    private static IReadOnlyList<string> Lines(RunReport report, Func<RunOutcome, int, string> describe)
    {
        Dictionary<string, RunOutcome> outcomes = report.Stages.ToDictionary(outcome => outcome.Stage.Id);
        int width = report.Stages.Max(outcome => outcome.Stage.Id.Length);
        return GraphText.Draw([.. report.Stages.Select(outcome => outcome.Stage)], stage => describe(outcomes[stage.Id], width));
    }

    private static string Plain(RunOutcome outcome, int width) => $"{outcome.Stage.Id.PadRight(width)}  {Words(outcome)}";

    private static string Coloured(RunOutcome outcome, int width)
    {
        string colour = outcome.State switch
        {
            StageState.UpToDate => "green",
            StageState.WouldRun => "yellow",
            StageState.Skipped => "grey",
            _ => "red",
        };
        return $"{Markup.Escape(outcome.Stage.Id.PadRight(width))}  [{colour}]{Markup.Escape(Words(outcome))}[/]";
    }

    private static string Words(RunOutcome outcome) => outcome.State == StageState.UpToDate
        ? $"up to date  {outcome.Artifact!.Value.Digest.Hex[..12]}"
        : $"{RunText.StateOf(outcome)}: {outcome.Reason.ReplaceLineEndings(" ")}";

    private static async Task WriteAsync(string text, string? path, CancellationToken ct)
    {
        if (path is null)
        {
            await Console.Out.WriteAsync(text);
            return;
        }

        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(path))!);
            await File.WriteAllTextAsync(path, text, ct);
        }
        catch (UnauthorizedAccessException e)
        {
            throw new UsageException($"--out: {path} cannot be written: {e.Message}", e);
        }
    }
}
