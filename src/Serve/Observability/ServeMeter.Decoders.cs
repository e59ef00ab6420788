using System.Diagnostics.Metrics;
using Unreel.Video.Boxes;

namespace Unreel.Serve.Observability;

/// <content>The processes that decode.</content>
public sealed partial class ServeMeter
{
    /// <summary>Tells of the processes that decode, whenever somebody asks.</summary>
    /// <param name="counts">What they are doing and have done.</param>
    public void WatchDecoders(Func<DecodeCounts> counts)
    {
        _meter.CreateObservableGauge("unreel.decoders", () => States(counts()), "{process}", "Places for decoding processes, by whether they have a video in hand.");
        _meter.CreateObservableGauge("unreel.decoders.waiting", () => counts().Waiting, "{video}", "Videos that wait for a decoding process.");
        _meter.CreateObservableCounter("unreel.decoders.videos", () => counts().Videos, "{video}", "Videos that decoding processes took in hand.");
        _meter.CreateObservableCounter("unreel.decoders.started", () => counts().Started, "{process}", "Decoding processes that were started.");
        _meter.CreateObservableCounter("unreel.decoders.stopped", () => Stops(counts()), "{video}", "Videos that were not decoded to their end, by what became of the process.");
    }

    private static IEnumerable<Measurement<int>> States(DecodeCounts counts) =>
        [new(counts.Busy, new KeyValuePair<string, object?>("state", "busy")), new(counts.Idle, new KeyValuePair<string, object?>("state", "idle"))];

    private static IEnumerable<Measurement<long>> Stops(DecodeCounts counts) =>
        counts.Stopped.Select(stop => new Measurement<long>(stop.Value, new KeyValuePair<string, object?>("reason", Words.Of(stop.Key))));
}
