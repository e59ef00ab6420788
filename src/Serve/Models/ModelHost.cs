namespace Unreel.Serve.Models;

/// <summary>The place of one model by name: empty until a model is loaded and warm.</summary>
/// <remarks>Requests take <see cref="Current"/> once and keep it, so that a model can be exchanged between requests.</remarks>
public sealed class ModelHost(string name) : IDisposable
{
    private ServedModel? _current;

    /// <summary>The name that callers use.</summary>
    public string Name { get; } = name;

    /// <summary>The model in service, or null before the first is ready.</summary>
    public ServedModel? Current => Volatile.Read(ref _current);

    /// <summary>Puts a warm model into service.</summary>
    /// <returns>The one it replaces, for the caller to dispose once it is drained.</returns>
    public ServedModel? Put(ServedModel model) => Interlocked.Exchange(ref _current, model);

    /// <inheritdoc/>
    public void Dispose() => Interlocked.Exchange(ref _current, null)?.Classifier.Dispose();
}
