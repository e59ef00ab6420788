using System.CommandLine;
using System.Text.Json.Nodes;
using Unreel.Artifacts;
using Unreel.Cli.Output;
using Unreel.Pipelines;

namespace Unreel.Cli.Commands;

/// <summary><c>unreel status FILE</c>: is there anything to do?</summary>
internal static class StatusCommand
{
    public static Command Create()
    {
        LookOptions options = new();
        Command command = new("status", "Says of each stage of a pipeline whether it is up to date, and runs nothing. Exit code 0: all are; 1: some would run; 2: the file or an input is wrong.");
        options.AddTo(command);
        command.SetAction(async (parsed, ct) =>
        {
            RunReport report = await options.LookAsync(parsed, ct);
            if (parsed.GetValue(options.Json))
                report.Stages.ToList().ForEach(outcome => JsonLine.Write(Describe(outcome)));
            else
                Print(report);

            return LookOptions.ExitCode(report);
        });
        return command;
    }

    /// <summary>A stage's state for programs.</summary>
    public static JsonObject Describe(RunOutcome outcome) => new()
    {
        ["stage"] = outcome.Stage.Id,
        ["state"] = RunText.Of(outcome.State).Replace(' ', '-'),
        ["reason"] = outcome.Reason,
        ["artifact"] = outcome.Artifact?.ToString(),
        ["key"] = outcome.Key?.ToString(),
        ["last"] = outcome.Last?.ToString(),
        ["differences"] = Describe(outcome.Differences),
    };

    /// <summary>Differences for programs.</summary>
    public static JsonArray Describe(IReadOnlyList<StageDifference> differences) => new([.. differences.Select(difference => new JsonObject
    {
        ["what"] = difference.Kind.ToString().ToLowerInvariant(),
        ["name"] = difference.Name,
        ["before"] = difference.Before,
        ["now"] = difference.Now,
    })]);

    private static void Print(RunReport report)
    {
        TextTable table = new("STAGE", "STATE", "ARTIFACT", "WHY");
        foreach (RunOutcome outcome in report.Stages)
        {
            table.Add(
                outcome.Stage.Id,
                RunText.StateOf(outcome),
                outcome.Artifact is { } artifact ? $"{ArtifactReference.ToTag(artifact.Kind, artifact.Name, outcome.Stage.Tag)}@{artifact.Digest.Hex[..12]}" : "-",
                outcome.State == StageState.UpToDate ? "-" : outcome.Reason.ReplaceLineEndings(" "));
        }

        table.Write(Console.Out);
    }
}
