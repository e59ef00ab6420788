using Unreel.Serve.Observability;
using Unreel.Video;

namespace Unreel.Serve.Models;

/// <summary>
/// Loads the models while the server already answers its probes, and puts each into service once it is warm and has passed its self-test. A model that
/// cannot be put into service at the start ends the server: there is none before it that could stay.
/// </summary>
internal sealed partial class WarmUp(
    ModelRegistry registry,
    ModelSource source,
    ModelOpener opener,
    IHostApplicationLifetime lifetime,
    TimeProvider clock,
    ILogger<WarmUp> logger) : BackgroundService
{
    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            // A library that is missing ends the server now and not the first request.
            _ = VideoFiles.LibavVersion();
            foreach (ModelHost host in registry.Hosts)
                await LoadAsync(host, stoppingToken);

            registry.SetLoaded();
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            registry.SetCancelled(stoppingToken);
        }
        catch (Exception reason)
        {
            // Whoever runs the server waits on Loaded and tells the reason; the server itself has nothing to serve.
            registry.SetFailed(reason);
            lifetime.StopApplication();
        }
    }

    private async Task LoadAsync(ModelHost host, CancellationToken ct)
    {
        long began = clock.GetTimestamp();
        ModelFile file = await source.FetchAsync(host.Choice.Reference, ct);
        ServedModel model = await opener.OpenAsync(file, ct);
        host.Put(model);
        host.Meter?.ModelLoaded(host.Choice, ModelLoadOutcome.Loaded, clock.GetElapsedTime(began));
        LogReady(file.Reference, file.Digest.ToString(), model.Classifier.Labels.Count, clock.GetElapsedTime(began).TotalSeconds);
    }

    [LoggerMessage(LogLevel.Information, "Ready: {Model} {Digest} with {Labels} labels, warm after {Seconds:F2} s")]
    private partial void LogReady(string model, string digest, int labels, double seconds);
}
