using System.Diagnostics.Tracing;

namespace Unreel.Serve.Observability;

/// <summary>Puts into the log what OpenTelemetry says of a collector that cannot be reached; once a minute at most.</summary>
internal sealed partial class CollectorTrouble(TimeProvider clock, ILogger<CollectorTrouble> logger) : EventListener
{
    private const string Exporter = "OpenTelemetry-Exporter-OpenTelemetryProtocol";
    private static readonly TimeSpan Quiet = TimeSpan.FromMinutes(1);

    private readonly Lock _lock = new();
    private long? _told;

    /// <summary>Begins to listen.</summary>
    public void Listen()
    {
        foreach (EventSource source in EventSource.GetSources())
            Enable(source);
        EventSourceCreated += (_, created) => Enable(created.EventSource);
    }

    /// <inheritdoc/>
    protected override void OnEventWritten(EventWrittenEventArgs eventData)
    {
        lock (_lock)
        {
            if (_told is { } told && clock.GetElapsedTime(told) < Quiet)
                return;

            _told = clock.GetTimestamp();
        }

        // The first line only: a stack trace of the exporter's says nothing to whoever keeps the server.
        LogTrouble(eventData.EventName, string.Join(' ', eventData.Payload ?? []).Split('\n')[0]);
    }

    private void Enable(EventSource? source)
    {
        if (source?.Name == Exporter)
            EnableEvents(source, EventLevel.Warning);
    }

    [LoggerMessage(LogLevel.Warning, "Traces or metrics do not reach their collector ({Event}; not told again for a minute): {Why}")]
    private partial void LogTrouble(string? @event, string why);
}
