namespace Unreel.Serve.Models;

/// <summary>The models of a server by name. The first is the one that <c>/v1/classify</c> asks.</summary>
public sealed class ModelRegistry : IDisposable
{
    private readonly List<ModelHost> _hosts = [];
    private readonly TaskCompletionSource _loaded = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile bool _draining;

    /// <summary>Makes an empty place for each name.</summary>
    public ModelRegistry(params IEnumerable<string> names) => _hosts.AddRange(names.Select(name => new ModelHost(name)));

    /// <summary>The places, in the order of their names' appearance in the options.</summary>
    public IReadOnlyList<ModelHost> Hosts => _hosts;

    /// <summary>The place that requests without a model's name mean.</summary>
    public ModelHost Default => _hosts[0];

    /// <summary>Whether requests can be answered: every model is warm and the server is not stopping.</summary>
    public bool Ready => !_draining && _hosts.TrueForAll(host => host.Current is not null);

    /// <summary>Completes when all models are warm; faults with the reason where one cannot be, and is cancelled where the server stops before.</summary>
    public Task Loaded => _loaded.Task;

    /// <summary>Tells that no more requests are welcome.</summary>
    public void Drain() => _draining = true;

    /// <inheritdoc/>
    public void Dispose() => _hosts.ForEach(host => host.Dispose());

    internal void SetLoaded() => _loaded.TrySetResult();

    internal void SetCancelled(CancellationToken ct) => _loaded.TrySetCanceled(ct);

    internal void SetFailed(Exception reason) => _loaded.TrySetException(reason);
}
