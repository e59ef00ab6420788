using Unreel.Artifacts;

namespace Unreel.Serve.Registry;

/// <summary>Looks at the store once while the server starts, so that whoever comes first to the registry does not wait for it.</summary>
internal sealed partial class IndexWarming(IServiceProvider services, ILogger<IndexWarming> logger) : BackgroundService
{
    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        // Nobody who starts waits for this.
        await Task.Yield();
        if (services.GetService<IArtifactStore>() is null)
            return;

        try
        {
            ListFacets.Of(await services.GetRequiredService<ArtifactIndex>().GetAsync(stoppingToken));
        }
        catch (Exception problem) when (problem is not OperationCanceledException || !stoppingToken.IsCancellationRequested)
        {
            // Whoever asks looks again and is told.
            LogNotRead(logger, problem);
        }
        catch (OperationCanceledException)
        {
            // The server ends before all was read.
        }
    }

    [LoggerMessage(LogLevel.Warning, "The list of what is in the store could not be read yet; the registry tries again when it is asked")]
    private static partial void LogNotRead(ILogger logger, Exception problem);
}
