using Unreel.Video;

namespace Unreel.Serve.Models;

/// <summary>Loads the models while the server already answers its probes, and puts each into service once one inference has passed.</summary>
internal sealed partial class WarmUp(
    ModelRegistry registry,
    ModelSource source,
    IModelLoader loader,
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
        IClipClassifier classifier = await Task.Run(() => loader.Load(file), ct);
        try
        {
            await Task.Run(() => Blank(classifier, ct), ct);
        }
        catch
        {
            classifier.Dispose();
            throw;
        }

        host.Put(new ServedModel(file, classifier, clock));
        LogReady(file.Reference, file.Digest.ToString(), classifier.Labels.Count, clock.GetElapsedTime(began).TotalSeconds);
    }

    private static void Blank(IClipClassifier classifier, CancellationToken ct)
    {
        ClipPreparation preparation = classifier.Preparation;
        _ = ViewAverage.Of(classifier.Run(new byte[preparation.Views * preparation.Frames * preparation.Size * preparation.Size * 3], preparation.Views, ct));
    }

    [LoggerMessage(LogLevel.Information, "Ready: {Model} {Digest} with {Labels} labels, warm after {Seconds:F2} s")]
    private partial void LogReady(string model, string digest, int labels, double seconds);
}
