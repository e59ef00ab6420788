using Unreel.Serve.Observability;
using Unreel.Video.Boxes;

namespace Unreel.Serve.Decoding;

/// <summary>Starts the processes that decode as the server starts, so that one that cannot have them ends there and not at its first request.</summary>
internal sealed partial class DecodeStart(IServiceProvider services, ILogger<DecodeStart> logger) : IHostedService
{
    /// <inheritdoc/>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        if (await Task.Run(services.GetRequiredService<IClipDecoder>, cancellationToken) is not BoxedClipDecoder)
            return;

        DecodePool pool = services.GetRequiredService<DecodePool>();
        services.GetRequiredService<ServeMeter>().WatchDecoders(() => pool.Counts);
        LogStarted(pool.Counts.Workers);
        if (pool.Unfiltered is { } why)
            LogUnfiltered(why);
    }

    /// <inheritdoc/>
    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    [LoggerMessage(LogLevel.Information, "{Workers} decoding processes are ready")]
    private partial void LogStarted(int workers);

    [LoggerMessage(LogLevel.Warning, "This system does not filter what decoding processes ask of it ({Reason}): limits of memory, time and files hold, but a video that takes over its decoder could open files and connections as this server can")]
    private partial void LogUnfiltered(string reason);
}
