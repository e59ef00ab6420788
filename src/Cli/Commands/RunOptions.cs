using System.CommandLine;
using Unreel.Cli.Hosting;
using Unreel.Pipelines;

namespace Unreel.Cli.Commands;

/// <summary>The options that running a pipeline and running one stage share.</summary>
internal sealed class RunOptions
{
    public Option<string[]> Set { get; } = new("--set")
    {
        Description = "Sets an option: stage.option=value in a pipeline, option=value for one stage; may be given many times.",
        HelpName = "KEY=VALUE",
    };

    public Option<string?> Store { get; } = StoreOptions.Store();

    public Option<bool> Json { get; } = StoreOptions.Json();

    public Option<bool> Verify { get; } = new("--verify") { Description = "Read every byte of finished outputs before trusting them." };

    public Option<bool> Watch { get; } = new("--watch") { Description = "Go on: look at the inputs every few seconds and run again when one has changed." };

    public Option<string?> LogLevel { get; } = new("--log-level")
    {
        Description = $"How much is logged on standard error: {LogLevels.Names}. Default: {LogLevels.Variable}, else warning.",
        HelpName = "LEVEL",
    };

    public Option<int?> Processes { get; } = new("--nproc")
    {
        Description = "Train in N processes on this machine, each on an equal share of every batch. "
            + "Default: as RANK and WORLD_SIZE or Slurm's srun say, else 1. Needs the runtime system.",
        HelpName = "N",
    };

    public Option<int?> Jobs { get; } = new("--jobs", "-j")
    {
        Description = "Run up to N stages at once, whatever they need. Default: as many as fit this machine together; "
            + "a stage that trains or measures takes all cores (beside a GPU: four), unless its 'resources' in FILE say otherwise.",
        HelpName = "N",
    };

    public Option<bool> KeepGoing { get; } = new("--keep-going", "-k")
    {
        Description = "After a failure go on with every stage that does not depend on it. The exit code is that of the first failure in FILE.",
    };

    public Option<string?> JUnit { get; } = new("--junit")
    {
        Description = "Write what became of the stages as JUnit XML, for CI systems that show test results: one test case a stage.",
        HelpName = "FILE",
    };

    public Option<string?> Summary { get; } = new("--summary")
    {
        Description = "Add a table of the stages as Markdown to the end of FILE. Default: the file that GITHUB_STEP_SUMMARY names, where it is set.",
        HelpName = "FILE",
    };

    public Option<RunRecording> Record { get; } = new("--record")
    {
        Description = "Which runs leave a record with the logs of their stages in the store: worked (default: those in which a stage ran, well or not), always, never.",
        HelpName = "WHEN",
    };

    /// <summary>Whether the command may run in several processes.</summary>
    public bool TakesProcesses { get; init; }

    public void AddTo(Command command)
    {
        foreach (Option option in new Option[] { Set, Store, Json, Verify, Watch, LogLevel, Record, JUnit, Summary })
            command.Add(option);
        if (TakesProcesses)
            command.Add(Processes);
    }

    /// <summary>The settings they stand for. A store named on the command line or in the environment goes before the file's.</summary>
    public RunSettings Settings(ParseResult parsed) => new()
    {
        Store = parsed.GetValue(Store) ?? Environment.GetEnvironmentVariable(StoreLocation.Variable) switch { "" => null, var store => store },
        VerifyDeep = parsed.GetValue(Verify),
        Watch = parsed.GetValue(Watch) ? TimeSpan.FromSeconds(5) : null,
        Record = parsed.GetValue(Record),
    };
}
