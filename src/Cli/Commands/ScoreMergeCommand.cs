using System.CommandLine;
using Unreel.Pipelines;
using Unreel.Serve.Scoring;

namespace Unreel.Cli.Commands;

/// <summary><c>unreel score merge</c>.</summary>
internal static class ScoreMergeCommand
{
    public static Command Create()
    {
        Argument<string[]> parts = new("parts") { Description = "The parts, files or artifacts: scores.0-of-4.csv …; or the --out they were made with, which means all of them.", Arity = ArgumentArity.OneOrMore };
        Option<string> output = new("--out", "-o") { Description = "The file to write, in the parts' format, or an artifact, scores/name:tag.", Required = true, HelpName = "FILE|ARTIFACT" };
        Option<bool> overwrite = new("--overwrite") { Description = "Replace what is there." };
        Option<string?> store = StoreOptions.Store();
        Option<bool> json = StoreOptions.Json();
        Command command = new("merge", "Puts the parts of a sharded run together: the rows, their order and the accuracy of one that was never divided.") { parts, output, overwrite, store, json };
        command.SetAction(async (parsed, ct) =>
        {
            ScoreMerger merger = new(new ScoreSettings { Store = StoreOptions.Open(parsed, store), Runtime = new ScoreRuntime() }, TimeProvider.System);
            ScoreSummary summary = await merger.RunAsync(new MergeOptions(parsed.GetValue(parts)!, parsed.GetValue(output)!, parsed.GetValue(overwrite)), ct);
            ScoreOutput.Write(summary, parsed.GetValue(json));
            return ExitCodes.Done;
        });
        return command;
    }
}
