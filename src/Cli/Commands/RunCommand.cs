using System.CommandLine;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Unreel.Cli.Hosting;
using Unreel.Cli.Output;
using Unreel.Distributed;
using Unreel.Pipelines;

namespace Unreel.Cli.Commands;

/// <summary><c>unreel run FILE</c>.</summary>
internal static class RunCommand
{
    /// <summary>Which store a command means that is given a pipeline file.</summary>
    public const string StoreHelp = "The store: a folder, https://ACCOUNT.blob.core.windows.net/CONTAINER, or UseDevelopmentStorage=true. "
        + "Default: UNREEL_STORE, else what the pipeline says, else the folder .unreel beside it.";

    public static Command Create()
    {
        Argument<string> file = new("file") { Description = "A pipeline file, e.g. pipelines/quickstart.yaml.", HelpName = "FILE" };
        RunOptions options = new() { TakesProcesses = true };
        Option<string?> from = new("--from") { Description = "Run this stage and all that depend on it again.", HelpName = "STAGE" };
        Option<string[]> force = new("--force") { Description = "Run these stages again, finished or not; without a name, all.", HelpName = "STAGE", Arity = ArgumentArity.ZeroOrMore, AllowMultipleArgumentsPerToken = true };
        Option<string[]> only = new("--only") { Description = "Run these stages only; what they need must be finished.", HelpName = "STAGE", AllowMultipleArgumentsPerToken = true };
        Option<bool> dryRun = new("--dry-run") { Description = "Say what would run, and why; run nothing." };
        Option<bool> noLock = new("--no-lock") { Description = "Do not write FILE's .lock.json." };

        Command command = new("run", "Runs the stages of a pipeline that are not finished yet, side by side where pipeline and machine allow. "
            + "Before: status says whether there is anything to do, why says for what, graph draws it. Instead: watch runs what changed. After: runs lists what ran, with logs.")
        {
            file, from, force, only, dryRun, noLock, options.Jobs, options.KeepGoing,
        };
        options.Store.Description = StoreHelp;
        options.AddTo(command);
        PartOptions parts = new();
        parts.AddTo(command);
        EngineOptions engine = new();
        engine.AddTo(command);
        command.SetAction((parsed, ct) =>
        {
            bool forced = parsed.GetResult(force) is { Implicit: false };
            string[] names = parsed.GetValue(force) ?? [];
            RunSettings settings = options.Settings(parsed) with
            {
                From = parsed.GetValue(from),
                ForceAll = forced && names.Length == 0,
                Force = names,
                Only = parsed.GetValue(only) ?? [],
                DryRun = parsed.GetValue(dryRun),
                WriteLockFile = !parsed.GetValue(noLock),
                Jobs = parsed.GetValue(options.Jobs),
                KeepGoing = parsed.GetValue(options.KeepGoing),
            };
            settings = engine.Apply(parts.Apply(settings, parsed), options, parsed.GetValue(file)!, parsed);
            string[] sets = parsed.GetValue(options.Set) ?? [];
            return ExecuteAsync(catalog => PipelineFile.Load(parsed.GetValue(file)!, catalog, sets), settings, options, parsed, ct);
        });
        return command;
    }

    /// <summary>Runs a pipeline in a host of its own, telling the user how it goes.</summary>
    public static async Task<int> ExecuteAsync(Func<StageCatalog, PipelineFile> load, RunSettings settings, RunOptions options, ParseResult parsed, CancellationToken ct)
    {
        // A cluster starts processes itself.
        if (settings.Engine is not null)
            return (await RunAsync(load, settings, options, parsed, null, ct)).ExitCode;

        int? processes = parsed.GetValue(options.Processes);
        Placement? place = options.TakesProcesses ? ManyProcesses.Place(processes) : null;
        if (place is null && processes is not > 1)
            return (await RunAsync(load, settings, options, parsed, null, ct)).ExitCode;

        ManyProcesses.Check(DistributedRuntime.WhyNot(), settings);
        if (place is not null)
            return await JoinAsync(place, load, settings, options, parsed, ct);
        if (settings.DryRun)
            return (await RunAsync(load, settings, options, parsed, null, ct)).ExitCode;

        // What is wrong with the file or the options is said once, before anything starts.
        load(UnreelHost.Catalog());
        return await ManyProcesses.LaunchAsync(processes!.Value, ct);
    }

    private static async Task<int> JoinAsync(Placement place, Func<StageCatalog, PipelineFile> load, RunSettings settings, RunOptions options, ParseResult parsed, CancellationToken ct)
    {
        using CancellationTokenSource stop = CancellationTokenSource.CreateLinkedTokenSource(ct);
        using LauncherWatch? watch = place.IsLaunched ? LauncherWatch.Start(Console.OpenStandardInput(), stop.Cancel) : null;
        using TrainingGroup group = ManyProcesses.Join(place, stop.Token);
        await using Stops stops = Stops.Share(group, stop);
        RunReport report = await RunAsync(load, place.Rank == 0 ? settings : settings with { WriteLockFile = false }, options, parsed, group, stop.Token);
        // All stop together: for the others it is no loss, and what they still have to write is theirs to finish.
        if (report.ExitCode == ExitCodes.Cancelled)
            group.Leave(null);
        else if (report.ExitCode != ExitCodes.Done)
            group.Leave(report.Error?.Message ?? report.Stages.FirstOrDefault(outcome => outcome.ExitCode != ExitCodes.Done)?.Reason ?? $"exit code {report.ExitCode}");
        return report.ExitCode;
    }

    private static async Task<RunReport> RunAsync(Func<StageCatalog, PipelineFile> load, RunSettings settings, RunOptions options, ParseResult parsed, TrainingGroup? group, CancellationToken ct)
    {
        RunFiles? files = group is { Rank: > 0 } ? null : new RunFiles(parsed.GetValue(options.JUnit), parsed.GetValue(options.Summary));
        files?.Check();
        HostApplicationBuilder builder = UnreelHost.CreateBuilder(LogLevels.Resolve(parsed.GetValue(options.LogLevel)));
        await using RunDisplay display = group is { Rank: > 0 } ? RunDisplay.Follower()
            : EngineOptions.IsJob(parsed) ? RunDisplay.Job()
            : RunDisplay.Create(parsed.GetValue(options.Json));
        builder.Services.AddSingleton(display.Reporter);
        if (group is not null)
            builder.Services.AddProcesses(group);
        builder.Services.AddPipelineRun(load, settings);
        using IHost host = builder.Build();
        RunReport report = await host.RunPipelineAsync(ct);
        await display.FinishAsync(report);
        return files?.Write(report) ?? report;
    }
}
