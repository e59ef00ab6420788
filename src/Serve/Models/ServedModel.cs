using Unreel.Artifacts;
using Unreel.Onnx;

namespace Unreel.Serve.Models;

/// <summary>Where a model lies on this machine and what it is.</summary>
/// <param name="Reference">The model as the user named it.</param>
/// <param name="Digest">The artifact's digest, or that of the file where it is no artifact.</param>
/// <param name="File">The ONNX file.</param>
public sealed record ModelFile(string Reference, Digest Digest, string File);

/// <summary>What an inference gave, and how long it took.</summary>
/// <param name="Predictions">The model's outputs, one row a clip.</param>
/// <param name="Queued">The time it waited for its turn.</param>
/// <param name="Computed">The time the model took.</param>
/// <param name="Batch">Clips that ran together, those of other requests among them.</param>
public sealed record InferenceResult(Predictions Predictions, TimeSpan Queued, TimeSpan Computed, int Batch);

/// <summary>A model that is loaded and has passed its warm-up. It is closed when it has left service and the last lease on it is given back.</summary>
public sealed class ServedModel
{
    private readonly TimeProvider _clock;
    private int _holders = 1;

    /// <summary>Takes over an open model; whoever made this holds it until <see cref="Release"/>.</summary>
    public ServedModel(ModelFile source, IClipClassifier classifier, TimeProvider clock) => (Source, Classifier, _clock) = (source, classifier, clock);

    /// <summary>Where it came from.</summary>
    public ModelFile Source { get; }

    /// <summary>The session. Requests infer through <see cref="InferAsync"/>, which gives them their turn.</summary>
    public IClipClassifier Classifier { get; }

    /// <summary>Runs the model when it is this request's turn.</summary>
    /// <param name="clips">uint8 RGB, [<paramref name="count"/>, frames, row, column, 3].</param>
    /// <param name="count">Clips, at least 1.</param>
    /// <param name="ct">Gives up waiting, or stops the run.</param>
    public async Task<InferenceResult> InferAsync(ReadOnlyMemory<byte> clips, int count, CancellationToken ct)
    {
        long began = _clock.GetTimestamp();
        Predictions predictions = await Task.Run(() => Classifier.Run(clips, count, ct), ct);
        return new InferenceResult(predictions, TimeSpan.Zero, _clock.GetElapsedTime(began), count);
    }

    /// <summary>Holds the model open for a request; null where it is closed already.</summary>
    internal ModelLease? TryLease()
    {
        int holders = Volatile.Read(ref _holders);
        while (holders > 0)
        {
            int found = Interlocked.CompareExchange(ref _holders, holders + 1, holders);
            if (found == holders)
                return new ModelLease(this);

            holders = found;
        }

        return null;
    }

    /// <summary>Gives up one hold; the last one closes the model.</summary>
    internal void Release()
    {
        if (Interlocked.Decrement(ref _holders) == 0)
            Classifier.Dispose();
    }
}

/// <summary>Keeps a model open while a request uses it, whatever takes its place meanwhile.</summary>
public sealed class ModelLease(ServedModel model) : IDisposable
{
    private ServedModel? _held = model;

    /// <summary>The model.</summary>
    public ServedModel Model { get; } = model;

    /// <inheritdoc/>
    public void Dispose() => Interlocked.Exchange(ref _held, null)?.Release();
}
