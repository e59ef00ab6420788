using Unreel.Serve.Models;

namespace Unreel.Serve.Observability;

/// <summary>
/// What is known of a request by its end. It goes with the request wherever that waits, so whoever works for it need not be handed it; what is
/// told here becomes figures (<see cref="ServeMeter"/>), spans (<see cref="ServeSpans"/>) and the request's line in the log.
/// </summary>
public sealed class RequestRecord
{
    private static readonly AsyncLocal<RequestRecord?> Ambient = new();

    private readonly ServeMeter _meter;
    private readonly TimeProvider _clock;
    private readonly Lock _lock = new();

    private RequestRecord(ServeMeter meter, TimeProvider clock) => (_meter, _clock) = (meter, clock);

    /// <summary>The record of the request being answered; null outside one.</summary>
    public static RequestRecord? Current => Ambient.Value;

    /// <summary>The model the request is for; set as one is leased, so that requests refused before any work count for it too.</summary>
    public ModelChoice? Model { get; set; }

    /// <summary>Why the request does not end well, where the answer's status alone does not say it.</summary>
    public RequestReason? Reason { get; set; }

    /// <summary>Bytes of videos and tensors received.</summary>
    public long Bytes { get; private set; }

    /// <summary>Waiting, summed over the request's videos; null where nothing waited.</summary>
    public TimeSpan? Queue { get; private set; }

    /// <summary>Decoding, summed over the request's videos.</summary>
    public TimeSpan? Decode { get; private set; }

    /// <summary>The model, summed over the request's videos.</summary>
    public TimeSpan? Inference { get; private set; }

    /// <summary>The pattern of its route; null where none was found.</summary>
    internal string? Route { get; set; }

    /// <summary>Whether it makes no figures.</summary>
    internal bool IsQuiet { get; set; }

    /// <summary>The bytes of a video or tensor were received.</summary>
    public void Uploaded(long bytes)
    {
        lock (_lock)
            Bytes += bytes;
        _meter.Uploaded(bytes);
    }

    /// <summary>A video or batch has waited for its turn, until now.</summary>
    public void Waited(TimeSpan took) => Waited(took, _clock.GetUtcNow());

    /// <summary>A video, or a window of one, was decoded and resized, until now.</summary>
    public void Decoded(TimeSpan took)
    {
        lock (_lock)
            Decode = (Decode ?? TimeSpan.Zero) + took;
        if (Model is not { } model)
            return;

        _meter.Decoded(model, took);
        ServeSpans.Tell("decode", model, _clock.GetUtcNow(), took);
    }

    /// <summary>Clips have waited for the model and gone through it, until now.</summary>
    /// <param name="clips">Clips of this request.</param>
    /// <param name="waited">For the model.</param>
    /// <param name="took">The model.</param>
    public void Inferred(int clips, TimeSpan waited, TimeSpan took)
    {
        DateTimeOffset now = _clock.GetUtcNow();
        Waited(waited, now - took);
        lock (_lock)
            Inference = (Inference ?? TimeSpan.Zero) + took;
        if (Model is not { } model)
            return;

        _meter.Inferred(model, clips, took);
        ServeSpans.Tell("inference", model, now, took, clips);
    }

    /// <summary>Makes a record that goes with everything awaited from here on.</summary>
    internal static RequestRecord Begin(ServeMeter meter, TimeProvider clock) => Ambient.Value = new RequestRecord(meter, clock);

    private void Waited(TimeSpan took, DateTimeOffset until)
    {
        lock (_lock)
            Queue = (Queue ?? TimeSpan.Zero) + took;
        if (Model is not { } model)
            return;

        _meter.Queued(model, took);
        ServeSpans.Tell("queue", model, until, took);
    }
}
