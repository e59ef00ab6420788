using System.CommandLine;
using Unreel.Cli.Commands;
using Unreel.Cli.Hosting;
using Unreel.Cli.Output;
using Unreel.Distributed;
using Unreel.Pipelines;

RootCommand root = new("Trains video-action models without natural videos, and serves them: synthesize, pretrain, finetune, export, serve.")
{
    RunCommand.Create(),
    StatusCommand.Create(),
    WhyCommand.Create(),
    GraphCommand.Create(),
    WatchCommand.Create(),
    RunsCommand.Create(),
    RenderCommand.Create(),
    StageCommands.Create("textures"),
    StageCommands.Create("synthesize", SynthesizePreviewCommand.Create()),
    StageCommands.Create("pretrain", PretrainPreviewCommand.Create()),
    StageCommands.Create("finetune"),
    StageCommands.Create("export", ExportWeightsCommand.Create()),
    StageCommands.Create("evaluate"),
    ServeCommand.Create(),
    ScoreCommand.Create(),
    ImportCommand.Create(),
    ArtifactsCommand.Create(),
    BenchCommand.Create(),
    DoctorCommand.Create(),
};

ParseResult parsed = root.Parse(args.Length == 0 ? ["--help"] : args);
if (parsed.Errors.Count > 0)
{
    foreach (System.CommandLine.Parsing.ParseError error in parsed.Errors)
        await Console.Error.WriteLineAsync($"unreel: {ParseErrors.Text(error)}");

    await Console.Error.WriteLineAsync($"unreel: see '{parsed.CommandResult.Path()} --help'");
    return ExitCodes.Usage;
}

try
{
    // Whoever is asked to stop may first have a checkpoint to write; a server hears signals itself.
    TimeSpan? stopsWithin = parsed.CommandResult.Command.Name == "serve" ? null : Launcher.StopsWithin;
    return await parsed.InvokeAsync(new InvocationConfiguration { EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = stopsWithin });
}
catch (Exception e) when (ErrorMap.TryExplain(e, out IReadOnlyList<string>? lines, out int code))
{
    foreach (string line in lines)
        await Console.Error.WriteLineAsync($"unreel: {line}");

    return code;
}
#pragma warning disable CA1031 // What nobody foresaw is our mistake: its stack trace is what we need to mend it, and the exit code stays one of ours.
catch (Exception e)
#pragma warning restore CA1031
{
    await Console.Error.WriteLineAsync($"unreel: internal error: {e}");
    return ExitCodes.Failed;
}
