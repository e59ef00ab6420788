namespace Unreel.Serve.Models;

/// <summary>The place of one version of a model: empty until one is loaded and warm, and exchanged between two requests.</summary>
public sealed class ModelHost(ModelChoice choice) : IDisposable
{
    private ServedModel? _current;

    /// <summary>What was asked for.</summary>
    public ModelChoice Choice { get; } = choice;

    /// <summary>The model in service, or null before the first is ready; to look at, not to run.</summary>
    public ServedModel? Current => Volatile.Read(ref _current);

    /// <summary>Holds the model in service for a request; null before the first is ready.</summary>
    public ModelLease? Lease()
    {
        while (Current is { } model)
        {
            if (model.TryLease() is { } lease)
                return lease;
        }

        return null;
    }

    /// <summary>Puts a warm model into service; the one it replaces closes when its last request is done.</summary>
    public void Put(ServedModel model) => Interlocked.Exchange(ref _current, model)?.Release();

    /// <inheritdoc/>
    public void Dispose() => Interlocked.Exchange(ref _current, null)?.Release();
}
