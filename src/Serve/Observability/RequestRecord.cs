using Unreel.Serve.Models;

namespace Unreel.Serve.Observability;

/// <summary>
/// What is known of a request by its end, for its line in the log and its figures. It goes with the request wherever that waits, so whoever
/// works for it need not be handed it: <see cref="ServeMeter"/> adds the times that it is told.
/// </summary>
public sealed class RequestRecord
{
    private static readonly AsyncLocal<RequestRecord?> Ambient = new();
    private readonly Lock _lock = new();

    /// <summary>The record of the request being answered; null outside one.</summary>
    public static RequestRecord? Current => Ambient.Value;

    /// <summary>The model the request is for. Routes set it as soon as they know it; so requests refused before any work count for it too.</summary>
    public ModelChoice? Model { get; set; }

    /// <summary>Why the request does not end well, where the answer's status alone does not say it.</summary>
    public RequestReason? Reason { get; set; }

    /// <summary>The status that the answer would have, had it not begun before the request failed: a stream's. Null where the answer's own says it.</summary>
    public int? LateStatus { get; set; }

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

    /// <summary>Makes a record that goes with everything awaited from here on.</summary>
    internal static RequestRecord Begin() => Ambient.Value = new RequestRecord();

    internal void Uploaded(long bytes)
    {
        lock (_lock)
            Bytes += bytes;
    }

    internal void Queued(ModelChoice model, TimeSpan took)
    {
        lock (_lock)
            (Model, Queue) = (Model ?? model, (Queue ?? TimeSpan.Zero) + took);
    }

    internal void Decoded(ModelChoice model, TimeSpan took)
    {
        lock (_lock)
            (Model, Decode) = (Model ?? model, (Decode ?? TimeSpan.Zero) + took);
    }

    internal void Inferred(ModelChoice model, TimeSpan took)
    {
        lock (_lock)
            (Model, Inference) = (Model ?? model, (Inference ?? TimeSpan.Zero) + took);
    }
}
