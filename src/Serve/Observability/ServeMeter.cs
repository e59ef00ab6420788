using System.Diagnostics.Metrics;
using Unreel.Serve.Models;

namespace Unreel.Serve.Observability;

/// <summary>
/// What the server counts and times. Whoever does a thing tells it here, once; from here it goes to <c>/metrics</c>, to OTLP and into the
/// line that is logged of the request. Labels are bounded: models come from the options, all other words from enumerations.
/// </summary>
public sealed partial class ServeMeter : IDisposable
{
    /// <summary>The name of the meter of our own figures, which also go to OTLP.</summary>
    public const string Name = "Unreel.Serve";

    /// <summary>The name of the meter of figures under Triton's names, for dashboards that know those.</summary>
    public const string TritonName = "Unreel.Serve.Triton";

    private readonly Meter _meter = new(Name);
    private readonly TritonMeter _triton = new(TritonName);
    private readonly Counter<long> _requests;
    private readonly UpDownCounter<long> _inFlight;
    private readonly Counter<long> _refusals;
    private readonly Counter<long> _keyRefusals;
    private readonly Counter<long> _uploaded;
    private readonly Histogram<double> _requestDuration;
    private readonly Histogram<double> _queueDuration;
    private readonly Histogram<double> _decodeDuration;
    private readonly Histogram<double> _inferenceDuration;
    private readonly Histogram<int> _batchSize;
    private readonly Counter<long> _inferences;
    private readonly Counter<long> _framesDecoded;

    /// <summary>Makes the instruments.</summary>
    public ServeMeter()
    {
        _requests = _meter.CreateCounter<long>("unreel.requests", "{request}", "Finished requests of the API, by route, model, outcome and reason.");
        _inFlight = _meter.CreateUpDownCounter<long>("unreel.requests.in_flight", "{request}", "Requests of the API that are being answered.");
        _refusals = _meter.CreateCounter<long>("unreel.admission.refusals", "{request}", "Requests refused because the server had enough to do or was not ready, by model and reason.");
        _keyRefusals = _meter.CreateCounter<long>("unreel.key.refusals", "{request}", "Requests refused for want of a key that opens the route.");
        _uploaded = _meter.CreateCounter<long>("unreel.uploaded", "By", "Bytes of videos and tensors that were received.");
        _requestDuration = Seconds("unreel.request.duration", "Seconds from a request's arrival to the end of its answer.");
        _queueDuration = Seconds("unreel.queue.duration", "Seconds a video or batch waited for its turn.");
        _decodeDuration = Seconds("unreel.decode.duration", "Seconds a video took to be decoded and resized.");
        _inferenceDuration = Seconds("unreel.inference.duration", "Seconds a request's clips took in the model.");
        _batchSize = _meter.CreateHistogram<int>("unreel.batch.size", "{clip}", "Clips that ran through the model together.", advice: new() { HistogramBucketBoundaries = [1, 2, 4, 8, 16, 32, 64] });
        _inferences = _meter.CreateCounter<long>("unreel.inferences", "{clip}", "Clips that ran through the model.");
        _framesDecoded = _meter.CreateCounter<long>("unreel.frames.decoded", "{frame}", "Frames that were decoded for a model.");
        CreateModelInstruments();
    }

    /// <summary>The meter of our own figures.</summary>
    internal Meter Meter => _meter;

    /// <summary>The meter of Triton's names.</summary>
    internal Meter Triton => _triton.Meter;

    /// <summary>A request of the API arrived; <see cref="RequestFinished"/> follows in any case.</summary>
    public void RequestStarted() => _inFlight.Add(1);

    /// <summary>A request of the API was answered, refused or given up. Called once for all routes where requests are logged; routes do not call it.</summary>
    /// <param name="route">The route's pattern, never the path that was asked for.</param>
    /// <param name="model">The model it was for; null where it was for none.</param>
    /// <param name="outcome">How it ended.</param>
    /// <param name="reason">Why, where it did not end well.</param>
    /// <param name="duration">From its arrival to the end of the answer.</param>
    public void RequestFinished(string route, ModelChoice? model, RequestOutcome outcome, RequestReason reason, TimeSpan duration)
    {
        _inFlight.Add(-1);
        KeyValuePair<string, object?> ofRoute = new("route", route), ofModel = new("model", model?.Name ?? string.Empty);
        KeyValuePair<string, object?> how = new("outcome", Words.Of(outcome));
        _requests.Add(1, [ofRoute, ofModel, new("version", Version(model)), how, new("reason", Words.Of(reason))]);
        _requestDuration.Record(duration.TotalSeconds, ofRoute, ofModel, how);
        if (model is not null)
            _triton.RequestFinished(model, outcome, reason, duration);
    }

    /// <summary>A request was turned away at a model's door: no room, or not ready.</summary>
    public void Refused(ModelChoice model, RequestReason reason) =>
        _refusals.Add(1, Label(model), VersionLabel(model), new("reason", Words.Of(reason)));

    /// <summary>A request had no key that opens its route.</summary>
    public void KeyRefused(RequestReason reason) => _keyRefusals.Add(1, new KeyValuePair<string, object?>("reason", Words.Of(reason)));

    /// <summary>The bytes of a video or tensor were received.</summary>
    public void Uploaded(long bytes)
    {
        _uploaded.Add(bytes);
        RequestRecord.Current?.Uploaded(bytes);
    }

    /// <summary>A video or batch of this request has waited for its turn.</summary>
    public void Queued(ModelChoice model, TimeSpan waited)
    {
        _queueDuration.Record(waited.TotalSeconds, Label(model), VersionLabel(model));
        _triton.Queued(model, waited);
        RequestRecord.Current?.Queued(model, waited);
    }

    /// <summary>A video of this request was decoded: its views, or one window of it.</summary>
    /// <param name="model">The model it was prepared for.</param>
    /// <param name="took">Decoding and resizing.</param>
    /// <param name="frames">Frames that the model gets of it.</param>
    public void Decoded(ModelChoice model, TimeSpan took, int frames)
    {
        _decodeDuration.Record(took.TotalSeconds, Label(model), VersionLabel(model));
        _framesDecoded.Add(frames, Label(model), VersionLabel(model));
        _triton.Decoded(model, took);
        RequestRecord.Current?.Decoded(model, took);
    }

    /// <summary>Clips of this request ran through the model, alone or with those of others.</summary>
    /// <param name="model">The model.</param>
    /// <param name="clips">Clips of this request.</param>
    /// <param name="took">The run they were in.</param>
    public void Inferred(ModelChoice model, int clips, TimeSpan took)
    {
        _inferenceDuration.Record(took.TotalSeconds, Label(model), VersionLabel(model));
        _inferences.Add(clips, Label(model), VersionLabel(model));
        _triton.Inferred(model, clips, took);
        RequestRecord.Current?.Inferred(model, took);
    }

    /// <summary>The model ran once, for one request or for several together.</summary>
    /// <param name="model">The model.</param>
    /// <param name="batch">Clips of that run.</param>
    public void Executed(ModelChoice model, int batch)
    {
        _batchSize.Record(batch, Label(model), VersionLabel(model));
        _triton.Executed(model);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _meter.Dispose();
        _triton.Dispose();
    }

    private static KeyValuePair<string, object?> Label(ModelChoice model) => new("model", model.Name);

    private static KeyValuePair<string, object?> VersionLabel(ModelChoice model) => new("version", model.Version);

    private static string Version(ModelChoice? model) => model?.Version ?? string.Empty;

    private Histogram<double> Seconds(string name, string description) =>
        _meter.CreateHistogram<double>(name, "s", description, advice: new() { HistogramBucketBoundaries = Buckets });

    // From the half millisecond that waiting takes on an idle server to the minute that a request may take.
    private static double[] Buckets { get; } = [.0005, .001, .0025, .005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10, 30, 60];
}
