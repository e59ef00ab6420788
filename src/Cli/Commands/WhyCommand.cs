using System.CommandLine;
using Unreel.Cli.Output;
using Unreel.Pipelines;

namespace Unreel.Cli.Commands;

/// <summary><c>unreel why FILE [STAGE]</c>: what a stage would be run for, or not.</summary>
internal static class WhyCommand
{
    public static Command Create()
    {
        LookOptions options = new();
        Argument<string?> stage = new("stage") { Description = "Only this stage; the id of a matrix means all of it.", HelpName = "STAGE", Arity = ArgumentArity.ZeroOrOne };
        Command command = new("why", "Says why stages would run: which option changed from what to what, which input moved, what is damaged or new. Runs nothing.");
        options.AddTo(command);
        command.Add(stage);
        command.SetAction(async (parsed, ct) =>
        {
            RunReport report = await options.LookAsync(parsed, ct);
            RunOutcome[] asked = Asked(report, parsed.GetValue(stage));
            foreach (RunOutcome outcome in asked)
            {
                if (parsed.GetValue(options.Json))
                    JsonLine.Write(StatusCommand.Describe(outcome));
                else
                    Print(outcome);
            }

            // The question is answered either way; only what is wrong is a failure.
            return asked.Select(outcome => outcome.ExitCode).FirstOrDefault(code => code != ExitCodes.Done);
        });
        return command;
    }

    /// <summary>Differences in columns, from what to what.</summary>
    public static void Print(IReadOnlyList<StageDifference> differences)
    {
        int width = differences.Count == 0 ? 0 : differences.Max(difference => difference.Name.Length);
        foreach (StageDifference difference in differences)
            Console.WriteLine($"  {difference.Kind.ToString().ToLowerInvariant(),-7}  {difference.Name.PadRight(width)}  {difference.Before ?? "not set"} → {difference.Now ?? "not set"}");
    }

    private static RunOutcome[] Asked(RunReport report, string? stage)
    {
        RunOutcome[] asked = [.. report.Stages.Where(outcome => stage is null || outcome.Stage.Id == stage || outcome.Stage.DeclaredId == stage)];
        return asked.Length > 0
            ? asked
            : throw new UsageException($"there is no stage '{stage}'{Suggestion.For(stage!, report.Stages.Select(outcome => outcome.Stage.DeclaredId).Distinct())}");
    }

    private static void Print(RunOutcome outcome)
    {
        string words = outcome.State switch
        {
            StageState.UpToDate => $"up to date: {outcome.Artifact} has these options and inputs and is whole",
            StageState.WouldRun when outcome.Differences.Count > 0 && !outcome.Reason.EndsWith("would run first", StringComparison.Ordinal) => "would run, because since the last run changed",
            StageState.WouldRun => $"{RunText.StateOf(outcome)}, because {outcome.Reason}",
            _ => RunText.Of(outcome),
        };
        Console.WriteLine($"{outcome.Stage.Id}: {words}");
        Print(outcome.Differences);
        if (outcome.Last is { } last)
            Console.WriteLine(outcome.Differences.Count > 0 ? $"  compared with {last}" : $"  nothing of its own has changed since {last} was made");
    }
}
