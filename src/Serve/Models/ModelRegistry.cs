using Unreel.Pipelines;
using Unreel.Serve.Observability;

namespace Unreel.Serve.Models;

/// <summary>The models of a server by name and version. The first is the one that requests without a name mean.</summary>
public sealed class ModelRegistry : IDisposable
{
    // A request that is never given up is not waited for.
    private static readonly TimeSpan MostWait = TimeSpan.FromSeconds(5);

    private readonly List<ModelHost> _hosts = [];
    private readonly TaskCompletionSource _loaded = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Action<Exception>? _trouble;
    private volatile bool _draining;

    /// <summary>Makes an empty place for each model.</summary>
    /// <exception cref="UsageException">Two have the same name and version.</exception>
    public ModelRegistry(params IEnumerable<ModelChoice> models)
        : this(null, models)
    {
    }

    /// <summary>Makes an empty place for each model.</summary>
    /// <param name="meter">Told of what becomes of them; null for nothing.</param>
    /// <param name="models">The models.</param>
    /// <exception cref="UsageException">Two have the same name and version.</exception>
    /// <param name="trouble">Told why a model could not be closed; null for nobody.</param>
    internal ModelRegistry(ServeMeter? meter, IEnumerable<ModelChoice> models, Action<Exception>? trouble = null)
    {
        _trouble = trouble;
        foreach (ModelChoice model in models)
        {
            if (_hosts.Find(host => host.Choice.Name == model.Name && host.Choice.Version == model.Version) is { } other)
                throw new UsageException($"{other.Choice.Reference} and {model.Reference} would both be served as {model.Name} {model.Version}; give one another name: NAME={model.Reference}.");

            _hosts.Add(new ModelHost(model) { Meter = meter });
        }
    }

    /// <summary>The places, in the order of the options.</summary>
    public IReadOnlyList<ModelHost> Hosts => _hosts;

    /// <summary>The place that requests without a model's name mean.</summary>
    public ModelHost Default => _hosts[0];

    /// <summary>Whether requests can be answered: every model is warm and the server is not stopping.</summary>
    public bool Ready => !_draining && _hosts.TrueForAll(host => host.Current is not null);

    /// <summary>Whether the server is stopping.</summary>
    public bool IsDraining => _draining;

    /// <summary>Completes when all models are warm; faults with the reason where one cannot be, and is cancelled where the server stops before.</summary>
    public Task Loaded => _loaded.Task;

    /// <summary>Finds a model.</summary>
    /// <param name="name">Its name, or <c>name:tag</c> or <c>name@sha256:…</c>.</param>
    /// <param name="version">A tag, or the first 8 or more hex digits of the digest in service, with or without <c>sha256:</c>; null for the first of that name.</param>
    /// <returns>Null where there is none.</returns>
    public ModelHost? Find(string name, string? version = null)
    {
        int at = version is null ? name.IndexOfAny([':', '@']) : -1;
        if (at > 0)
            (name, version) = (name[..at], name[(at + 1)..]);

        return _hosts.Find(host => host.Choice.Name == name && (version is null || host.Choice.Version == version || HasDigest(host, version)));
    }

    /// <summary>Tells that no more requests are welcome.</summary>
    public void Drain() => _draining = true;

    /// <inheritdoc/>
    public void Dispose()
    {
        _hosts.ForEach(host => host.Dispose());

        // Sessions end on their lanes' threads; a process that ended before them would pull the library away from under them.
        Task closing = Task.WhenAll(_hosts.Select(host => host.Closing));
        Task.WaitAny([closing], MostWait);

        // The server ends all the same, and whatever else is to be disposed is.
        if (closing.Exception is { } problems)
            _trouble?.Invoke(problems.GetBaseException());
    }

    internal void SetLoaded() => _loaded.TrySetResult();

    internal void SetCancelled(CancellationToken ct) => _loaded.TrySetCanceled(ct);

    internal void SetFailed(Exception reason) => _loaded.TrySetException(reason);

    private static bool HasDigest(ModelHost host, string version)
    {
        const int Fewest = 8;
        string hex = version.StartsWith("sha256:", StringComparison.Ordinal) ? version["sha256:".Length..] : version;
        return hex.Length >= Fewest && host.Current?.Source.Digest.Hex.StartsWith(hex, StringComparison.Ordinal) == true;
    }
}
