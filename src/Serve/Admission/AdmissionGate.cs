using Unreel.Serve.Models;

namespace Unreel.Serve.Admission;

/// <summary>
/// Bounds the work a server takes on: so many requests inside; of their videos so many in work at a time, so that frames that wait for a model are few; and
/// of these so many being decoded.
/// </summary>
/// <param name="decoders">Videos decoded at a time, at least 1.</param>
/// <param name="atWork">Videos in work at a time, from the beginning of their decoding to the end of their inference; at least 1.</param>
/// <param name="capacity">The most requests inside.</param>
/// <param name="clock">Tells times.</param>
public sealed class AdmissionGate(int decoders, int atWork, int capacity, TimeProvider clock) : IDisposable
{
    private readonly AdmissionBook _book = new(Math.Min(decoders, atWork), capacity, clock);
    private readonly AdmissionPlaces _places = new(decoders, atWork, clock);

    /// <summary>The most requests inside.</summary>
    public int Capacity => _book.Capacity;

    /// <summary>Requests inside now.</summary>
    public int Inside => _book.Inside;

    /// <summary>Requests that wait for a decoder or a lane.</summary>
    public int Waiting => _book.Waiting;

    /// <summary>Whether more comes than can be answered, so that only what need not wait long is let in.</summary>
    public bool IsCrowded => _book.IsCrowded;

    /// <summary>The gate of a server.</summary>
    public static AdmissionGate Of(ServeOptions options, TimeProvider clock)
    {
        int decoders = DecodersOf(options);

        // One more than decode, so that decoding goes on while the model has a video.
        int atWork = options.Concurrency > 0 ? options.Concurrency : decoders + 1;
        return new AdmissionGate(decoders, atWork, options.Slots + options.Queue, clock);
    }

    /// <summary>Lets a request in, or says why not and when to come back.</summary>
    /// <param name="model">The model it is for.</param>
    /// <param name="deadline">The time it has.</param>
    /// <param name="refusal">Why it is not let in: to be answered with 429.</param>
    /// <param name="decodes">Whether it brings a video; else it brings frames.</param>
    /// <returns>Null where it is not let in. Dispose to leave.</returns>
    public AdmissionTicket? TryEnter(ServedModel model, TimeSpan deadline, out AdmissionRefusal? refusal, bool decodes = true) =>

        // Requests that run together are answered in the time of one.
        _book.TryEnter(model.Source.Reference, model.Lanes * model.Batching.Most, decodes, deadline, out refusal) is { } entry ? new AdmissionTicket(_book, entry, _places) : null;

    /// <inheritdoc/>
    public void Dispose() => _places.Dispose();

    /// <summary>Videos decoded at a time, timelines of the only decoder aside.</summary>
    internal static int DecodersOf(ServeOptions options) => options.Decoders > 0 ? options.Decoders : Environment.ProcessorCount;
}
