using System.Diagnostics.Metrics;

namespace Unreel.Serve.Observability;

/// <content>The processes that decode.</content>
public sealed partial class ServeMeter
{
    private Counter<long>? _decodersStarted;
    private Counter<long>? _decodersEnded;
    private int _decoders;
    private int _decodersBusy;

    /// <summary>A decoding process runs, idle at first.</summary>
    public void DecoderStarted()
    {
        Interlocked.Increment(ref _decoders);
        _decodersStarted!.Add(1);
    }

    /// <summary>A decoding process has ended; where it was busy, <see cref="DecoderIdle"/> was called before.</summary>
    public void DecoderEnded(DecoderEnd reason)
    {
        Interlocked.Decrement(ref _decoders);
        _decodersEnded!.Add(1, new KeyValuePair<string, object?>("reason", Words.Of(reason)));
    }

    /// <summary>A decoding process was given a video.</summary>
    public void DecoderBusy() => Interlocked.Increment(ref _decodersBusy);

    /// <summary>A decoding process is done with its video, or lost with it.</summary>
    public void DecoderIdle() => Interlocked.Decrement(ref _decodersBusy);

    private void CreateDecoderInstruments()
    {
        _decodersStarted = _meter.CreateCounter<long>("unreel.decoders.started", "{process}", "Decoding processes that were started.");
        _decodersEnded = _meter.CreateCounter<long>("unreel.decoders.ended", "{process}", "Decoding processes that ended, by reason.");
        _meter.CreateObservableGauge("unreel.decoders", Decoders, "{process}", "Decoding processes, by whether they have a video in hand.");
    }

    private IEnumerable<Measurement<int>> Decoders()
    {
        int busy = Math.Max(0, Volatile.Read(ref _decodersBusy));
        yield return new Measurement<int>(busy, new KeyValuePair<string, object?>("state", "busy"));
        yield return new Measurement<int>(Math.Max(0, Volatile.Read(ref _decoders) - busy), new KeyValuePair<string, object?>("state", "idle"));
    }
}

/// <summary>Why a decoding process ended.</summary>
public enum DecoderEnd
{
    /// <summary>The server is stopping.</summary>
    Stopped,

    /// <summary>It has worked long enough and another takes its place.</summary>
    Retired,

    /// <summary>It crashed, or was killed from outside.</summary>
    Crashed,

    /// <summary>A video wanted more memory than it may take.</summary>
    Memory,

    /// <summary>A video took more time than it may take.</summary>
    Time,

    /// <summary>The request was given up while it worked.</summary>
    Cancelled,
}
