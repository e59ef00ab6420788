using Unreel.Serve.Models;

namespace Unreel.Serve.Hosting;

/// <summary>
/// How a server ends: first <c>/readyz</c> says no while requests are still taken, so that load balancers notice; then nothing new is taken
/// and what is in hand is finished; what has no end of its own is told to end.
/// </summary>
public sealed partial class ServeDrain : IDisposable
{
    // Streams may last an hour, and whoever stops a server seldom waits longer than half a minute.
    private static readonly TimeSpan StreamsFor = TimeSpan.FromSeconds(10);

    private readonly ModelRegistry _models;
    private readonly IHostApplicationLifetime _lifetime;
    private readonly TimeProvider _clock;
    private readonly ILogger<ServeDrain> _logger;
    private readonly CancellationTokenSource _streams;
    private readonly CancellationTokenRegistration _stopping;
    private ITimer? _notice;

    /// <summary>Waits to be asked.</summary>
    public ServeDrain(ServeOptions options, ModelRegistry models, IHostApplicationLifetime lifetime, TimeProvider clock, ILogger<ServeDrain> logger)
    {
        (_models, _lifetime, _clock, _logger) = (models, lifetime, clock, logger);
        _streams = new CancellationTokenSource(Timeout.InfiniteTimeSpan, clock);
        _stopping = lifetime.ApplicationStopping.Register(() =>
        {
            models.Drain();
            _streams.CancelAfter(options.Deadline < StreamsFor ? options.Deadline : StreamsFor);
        });
    }

    /// <summary>Cancelled when a stopping server waits no longer for answers that are streamed: they are to end with an error event.</summary>
    public CancellationToken StreamsEnd => _streams.Token;

    /// <summary>Begins to end.</summary>
    /// <param name="notice">How long requests are still taken after <c>/readyz</c> has begun to say no.</param>
    public void Begin(TimeSpan notice)
    {
        _models.Drain();
        LogDraining(notice.TotalSeconds);
        if (notice == TimeSpan.Zero)
            _lifetime.StopApplication();
        else
            _notice = _clock.CreateTimer(_ => _lifetime.StopApplication(), null, notice, Timeout.InfiniteTimeSpan);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _notice?.Dispose();
        _stopping.Dispose();
        _streams.Dispose();
    }

    [LoggerMessage(LogLevel.Information, "Stopping: not ready from now on, new requests are taken for {Seconds} s more, those in hand are finished; a second signal ends at once")]
    private partial void LogDraining(double seconds);
}
