using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using Unreel.Serve.Models;

namespace Unreel.Serve.Observability;

/// <content>Models: loaded, exchanged, taken back.</content>
public sealed partial class ServeMeter
{
    private readonly ConcurrentDictionary<ModelChoice, (string Digest, string Provider)> _serving = new();
    private Histogram<double>? _loads;
    private Counter<long>? _swaps;
    private Counter<long>? _rollbacks;

    /// <summary>A model was loaded, warmed and tested, or could not be.</summary>
    public void ModelLoaded(ModelChoice model, ModelLoadOutcome outcome, TimeSpan took) =>
        _loads!.Record(took.TotalSeconds, Label(model), VersionLabel(model), new("outcome", Words.Of(outcome)));

    /// <summary>A model is in service from now on; figures of it begin at nought.</summary>
    /// <param name="model">Its place.</param>
    /// <param name="digest">What it is.</param>
    /// <param name="provider">What it runs on.</param>
    public void ModelServing(ModelChoice model, string digest, string provider)
    {
        _serving[model] = (digest, provider);
        _triton.Begin(model);
        _swaps!.Add(0, Label(model), VersionLabel(model));
        _rollbacks!.Add(0, Label(model), VersionLabel(model));
    }

    /// <summary>Another model took the place of one in service.</summary>
    public void ModelSwapped(ModelChoice model) => _swaps!.Add(1, Label(model), VersionLabel(model));

    /// <summary>A model that was to take a place did not pass its test: the one before stays.</summary>
    public void ModelRolledBack(ModelChoice model) => _rollbacks!.Add(1, Label(model), VersionLabel(model));

    private void CreateModelInstruments()
    {
        _loads = _meter.CreateHistogram<double>("unreel.model.load.duration", "s", "Seconds a model took to be fetched, loaded, warmed and tested.", advice: new() { HistogramBucketBoundaries = [.1, .25, .5, 1, 2.5, 5, 10, 30, 60, 300] });
        _swaps = _meter.CreateCounter<long>("unreel.model.swaps", "{swap}", "Models in service that others took the place of.");
        _rollbacks = _meter.CreateCounter<long>("unreel.model.rollbacks", "{rollback}", "Models that did not pass their test and were not put into service.");
        _meter.CreateObservableGauge("unreel.model.info", Serving, description: "The model in service at each place: 1, with its digest.");
    }

    private IEnumerable<Measurement<int>> Serving() => _serving.Select(entry =>
        new Measurement<int>(1, Label(entry.Key), VersionLabel(entry.Key), new("digest", entry.Value.Digest), new("provider", entry.Value.Provider)));
}

/// <summary>How the loading of a model ended.</summary>
public enum ModelLoadOutcome
{
    /// <summary>It is warm and passed its test.</summary>
    Loaded,

    /// <summary>It cannot be run, or did not pass its test.</summary>
    Refused,
}
