using System.Diagnostics.Metrics;

namespace Unreel.Serve.Observability;

/// <summary>Listens to meters and holds what they said, to be told at <c>/metrics</c>.</summary>
internal sealed class MetricStore : IDisposable
{
    private static readonly string[] OfTheRuntime =
    [
        "dotnet.gc.collections", "dotnet.gc.pause.time", "dotnet.gc.heap.total_allocated", "dotnet.gc.last_collection.memory.committed_size",
        "dotnet.thread_pool.thread.count", "dotnet.thread_pool.queue.length",
    ];

    private static readonly string[] OfTheWebServer =
    [
        "http.server.request.duration", "http.server.active_requests", "kestrel.active_connections", "kestrel.queued_connections",
        "kestrel.rejected_connections", "kestrel.connection.duration",
    ];

    private readonly Lock _scrape = new();
    private readonly Lock _lock = new();
    private readonly SortedDictionary<string, MetricFamily> _families = new(StringComparer.Ordinal);
    private readonly List<MetricFamily> _looked = [];
    private readonly MeterListener _listener = new();
    private readonly ServeMeter _own;
    private readonly ProcessMeter _process = new();
    private readonly IMeterFactory? _factory;

    /// <summary>Begins to listen.</summary>
    /// <param name="own">The server's own figures.</param>
    /// <param name="factory">Makes the meters of this server's ASP.NET, so that those of another server in the process are told apart; null for none of these.</param>
    public MetricStore(ServeMeter own, IMeterFactory? factory)
    {
        (_own, _factory) = (own, factory);
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (IsWanted(instrument))
                listener.EnableMeasurementEvents(instrument, FamilyOf(instrument));
        };
        Listen<byte>(value => value);
        Listen<short>(value => value);
        Listen<int>(value => value);
        Listen<long>(value => value);
        Listen<float>(value => value);
        Listen<double>(value => value);
        Listen<decimal>(value => (double)value);
        _listener.Start();
    }

    /// <summary>Writes all families in the order of their names.</summary>
    public string Write(PrometheusFormat format)
    {
        // Two at a time would clear what the other has just looked at.
        lock (_scrape)
        {
            MetricFamily[] families = Families();
            lock (_lock)
                _looked.ForEach(family => family.Clear());
            _listener.RecordObservableInstruments();
            return PrometheusText.Write(families, format);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _listener.Dispose();
        _process.Dispose();
    }

    private MetricFamily[] Families()
    {
        lock (_lock)
            return [.. _families.Values];
    }

    private bool IsWanted(Instrument instrument) =>
        ReferenceEquals(instrument.Meter, _own.Meter) || ReferenceEquals(instrument.Meter, _own.Triton) || ReferenceEquals(instrument.Meter, _process.Meter)
        || (instrument.Meter.Name == "System.Runtime" && OfTheRuntime.Contains(instrument.Name))
        || (_factory is not null && ReferenceEquals(instrument.Meter.Scope, _factory) && OfTheWebServer.Contains(instrument.Name));

    private MetricFamily FamilyOf(Instrument instrument)
    {
        bool isExact = ReferenceEquals(instrument.Meter, _own.Triton);
        (MetricKind kind, bool isLookedAt, IReadOnlyList<double> bounds) = ShapeOf(instrument);
        string name = isExact ? instrument.Name : PrometheusText.NameOf(instrument.Name, instrument.Unit);
        lock (_lock)
        {
            if (_families.TryGetValue(name, out MetricFamily? known))
                return known;

            MetricFamily family = new(name, kind, instrument.Description ?? instrument.Name, isExact ? null : PrometheusText.UnitOf(instrument.Unit), bounds) { IsExact = isExact };
            _families.Add(name, family);
            if (isLookedAt)
                _looked.Add(family);
            return family;
        }
    }

    private static (MetricKind Kind, bool IsLookedAt, IReadOnlyList<double> Bounds) ShapeOf(Instrument instrument)
    {
        Type shape = instrument.GetType().GetGenericTypeDefinition();
        if (shape == typeof(Histogram<>))
            return (MetricKind.Histogram, false, BoundsOf(instrument));

        bool counts = shape == typeof(Counter<>) || shape == typeof(ObservableCounter<>);
        return (counts ? MetricKind.Counter : MetricKind.Gauge, instrument.IsObservable, []);
    }

    private static IReadOnlyList<double> BoundsOf(Instrument instrument) => instrument switch
    {
        Histogram<double> { Advice.HistogramBucketBoundaries: { } bounds } => bounds,
        Histogram<int> { Advice.HistogramBucketBoundaries: { } bounds } => [.. bounds.Select(bound => (double)bound)],
        _ => [.005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10, 30, 60],
    };

    private void Listen<T>(Func<T, double> read)
        where T : struct =>
        _listener.SetMeasurementEventCallback<T>((instrument, value, tags, state) => Take((MetricFamily)state!, instrument, read(value), tags));

    private static void Take(MetricFamily family, Instrument instrument, double value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        if (family.Kind == MetricKind.Histogram)
            family.Observe(value, tags);
        else if (instrument.IsObservable)
            family.Set(value, tags);
        else
            family.Add(value, tags);
    }
}
