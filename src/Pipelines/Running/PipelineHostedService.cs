using Microsoft.Extensions.Hosting;

namespace Unreel.Pipelines;

/// <summary>What a host is asked to run.</summary>
/// <param name="Load">Reads the pipeline; what it throws is the run's error.</param>
/// <param name="Settings">How to run it.</param>
internal sealed record PipelineRequest(Func<StageCatalog, PipelineFile> Load, RunSettings Settings);

/// <summary>Holds what became of a host's run.</summary>
internal sealed class PipelineCompletion
{
    public RunReport? Report { get; set; }
}

/// <summary>Runs one pipeline, once or watching, when the host has started, and then stops the host.</summary>
internal sealed class PipelineHostedService(
    PipelineRequest request, StageCatalog catalog, PipelineRunner runner, PipelineWatcher watcher,
    IRunReporter reporter, IHostApplicationLifetime lifetime, PipelineCompletion completion, ErrorKinds errors) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        // Ctrl+C stops the application before it stops its services: hear of it as early as that.
        using CancellationTokenSource stop = CancellationTokenSource.CreateLinkedTokenSource(stoppingToken, lifetime.ApplicationStopping);
        try
        {
            PipelineFile pipeline = request.Load(catalog);
            completion.Report = request.Settings.Watch is { } interval
                ? await watcher.WatchAsync(pipeline, () => request.Load(catalog), request.Settings, interval, stop.Token)
                : await runner.RunAsync(pipeline, request.Settings, stop.Token);
        }
#pragma warning disable CA1031 // The error is the report: the command prints it and exits with its code.
        catch (Exception e)
#pragma warning restore CA1031
        {
            completion.Report = new RunReport([], errors.IsBadInput(e) ? ExitCodes.Usage : RunOutcome.ExitCodeOf(e), TimeSpan.Zero, e);
            foreach (string line in errors.Explain(e))
                reporter.Message(MessageLevel.Error, null, line);
            reporter.RunFinished(completion.Report);
        }
        finally
        {
            lifetime.StopApplication();
        }
    }
}
