using System.CommandLine;
using Unreel.Pipelines;

namespace Unreel.Cli.Commands;

/// <summary><c>unreel watch FILE</c>: runs what changed, whenever it changes.</summary>
internal static class WatchCommand
{
    private const int DefaultSeconds = 5;

    public static Command Create()
    {
        Argument<string> file = new("file") { Description = "A pipeline file, e.g. pipelines/quickstart.yaml.", HelpName = "FILE" };
        RunOptions options = new();
        Option<double> every = new("--every")
        {
            Description = $"Look every N seconds. Default {DefaultSeconds}.",
            HelpName = "N",
            DefaultValueFactory = _ => DefaultSeconds,
        };
        Command command = new("watch", "Runs a pipeline, and then what changed whenever FILE itself, a folder that its options name or a tag that feeds it has changed, until it is stopped with Ctrl+C. "
            + "What failed for reasons that may pass is tried again, later and later.");
        options.Store.Description = RunCommand.StoreHelp;
        options.AddTo(command);
        command.Options.Remove(options.Watch);
        command.Add(file);
        command.Add(every);
        command.Add(options.Jobs);
        command.Add(options.KeepGoing);
        command.SetAction((parsed, ct) =>
        {
            double seconds = parsed.GetValue(every);
            if (seconds is not (>= 0.1 and <= 86400))
                throw new UsageException($"--every is {seconds}; expected 0.1 to 86400 seconds.");

            RunSettings settings = options.Settings(parsed) with
            {
                Watch = TimeSpan.FromSeconds(seconds),
                Jobs = parsed.GetValue(options.Jobs),
                KeepGoing = parsed.GetValue(options.KeepGoing),
            };
            string[] sets = parsed.GetValue(options.Set) ?? [];
            return RunCommand.ExecuteAsync(catalog => PipelineFile.Load(parsed.GetValue(file)!, catalog, sets), settings, options, parsed, ct);
        });
        return command;
    }
}
