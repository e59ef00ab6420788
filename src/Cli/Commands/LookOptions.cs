using System.CommandLine;
using Unreel.Cli.Hosting;
using Unreel.Pipelines;

namespace Unreel.Cli.Commands;

/// <summary>What commands take that look at a pipeline and run nothing.</summary>
internal sealed class LookOptions
{
    private readonly RunOptions _run = new();
    private readonly Option<string?> _from = new("--from") { Description = "As if this stage and all that depend on it were to run again.", HelpName = "STAGE" };

    public Argument<string> File { get; } = new("file") { Description = "A pipeline file, e.g. pipelines/quickstart.yaml.", HelpName = "FILE" };

    public Option<bool> Json => _run.Json;

    public void AddTo(Command command)
    {
        _run.Store.Description = RunCommand.StoreHelp;
        command.Add(File);
        foreach (Option option in new Option[] { _run.Set, _run.Store, _run.Json, _run.Verify, _from, _run.LogLevel })
            command.Add(option);
    }

    /// <summary>Looks at the pipeline that the command line names.</summary>
    public Task<RunReport> LookAsync(ParseResult parsed, CancellationToken ct) => PipelineLook.AtAsync(
        parsed.GetValue(File)!,
        parsed.GetValue(_run.Set) ?? [],
        new RunSettings { Store = StoreOf(parsed), VerifyDeep = parsed.GetValue(_run.Verify), From = parsed.GetValue(_from) },
        LogLevels.Resolve(parsed.GetValue(_run.LogLevel)),
        ct);

    /// <summary>0 where all is up to date, 1 where a stage would run, another where what the pipeline names is wrong.</summary>
    public static int ExitCode(RunReport report) =>
        report.ExitCode != ExitCodes.Done ? report.ExitCode
        : report.Stages.Any(outcome => outcome.State == StageState.WouldRun) ? ExitCodes.Failed
        : ExitCodes.Done;

    private string? StoreOf(ParseResult parsed) =>
        parsed.GetValue(_run.Store) ?? Environment.GetEnvironmentVariable(StoreLocation.Variable) switch { "" => null, var store => store };
}
