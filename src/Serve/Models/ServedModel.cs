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
/// <param name="Queued">The time it waited for its turn, or turns.</param>
/// <param name="Computed">The time the model took.</param>
/// <param name="Batch">Clips that ran together, those of other requests among them.</param>
public sealed record InferenceResult(Predictions Predictions, TimeSpan Queued, TimeSpan Computed, int Batch);

/// <summary>A model that is loaded and has passed its warm-up. It is closed when it has left service and the last lease on it is given back.</summary>
public sealed class ServedModel
{
    // Enough views at a time to fill the cores of a small model; more would only take memory.
    private const int MostAtATime = 8;

    // Requests are bounded where they are admitted; this bounds what their views make of them.
    private const int Capacity = 1024;

    private readonly InferenceLanes _lanes;
    private int _holders = 1;

    /// <summary>Takes over an open model; whoever made this holds it until <see cref="Release"/>.</summary>
    /// <param name="source">Where it came from.</param>
    /// <param name="classifier">The open model.</param>
    /// <param name="clock">Tells times.</param>
    /// <param name="lanes">How many inferences go on at a time, at least 1.</param>
    public ServedModel(ModelFile source, IClipClassifier classifier, TimeProvider clock, int lanes = 1)
    {
        (Source, Classifier) = (source, classifier);
        _lanes = new InferenceLanes(classifier, lanes, Capacity, clock);
        Since = clock.GetUtcNow();
    }

    /// <summary>Where it came from.</summary>
    public ModelFile Source { get; }

    /// <summary>The session. Requests infer through <see cref="InferAsync"/>, which gives them their turn.</summary>
    public IClipClassifier Classifier { get; }

    /// <summary>When it was put into service.</summary>
    public DateTimeOffset Since { get; internal set; }

    /// <summary>How many inferences go on at a time.</summary>
    public int Lanes => _lanes.Count;

    /// <summary>Requests that wait for the model; views beyond the first eight of a video count again.</summary>
    public int Waiting => _lanes.Waiting;

    /// <summary>Inferences under way.</summary>
    public int Running => _lanes.Running;

    /// <summary>How clips of several requests run together.</summary>
    public BatchPlan Batching
    {
        get => _lanes.Batching;
        internal set => _lanes.Batching = value;
    }

    /// <summary>Ends when the model has left service, its last request is done, and its memory is free.</summary>
    public Task Closed => _lanes.Closed;

    /// <summary>Told the clips of each run, those of warming aside.</summary>
    internal Action<int>? Ran
    {
        set => _lanes.Ran = value;
    }

    /// <summary>How many clips of one video run at a time.</summary>
    internal int ChunkSize => Classifier.Batch ?? MostAtATime;

    /// <summary>Runs the model when it is this request's turn; no thread of the pool is blocked meanwhile. Of many views, a few run at a time, and others have their turn in between.</summary>
    /// <param name="clips">uint8 RGB, [<paramref name="count"/>, frames, row, column, 3]; read until the task ends.</param>
    /// <param name="count">Clips, at least 1.</param>
    /// <param name="ct">Gives up waiting, or stops the run.</param>
    /// <exception cref="Pipelines.UsageException">The run failed.</exception>
    /// <exception cref="OperationCanceledException">It was given up.</exception>
    public async Task<InferenceResult> InferAsync(ReadOnlyMemory<byte> clips, int count, CancellationToken ct)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        if (count <= ChunkSize)
            return await _lanes.RunAsync(clips, count, ct);

        // One part after the other, each at the end of the queue: others have their turn in between.
        int bytes = clips.Length / count;
        List<InferenceResult> parts = [];
        for (int first = 0; first < count; first += ChunkSize)
        {
            int here = Math.Min(ChunkSize, count - first);
            parts.Add(await _lanes.RunAsync(clips.Slice(first * bytes, here * bytes), here, ct));
        }

        return new InferenceResult(Predictions.Join([.. parts.Select(part => part.Predictions)]), Sum(part => part.Queued), Sum(part => part.Computed), parts.Max(part => part.Batch));

        TimeSpan Sum(Func<InferenceResult, TimeSpan> of) => parts.Aggregate(TimeSpan.Zero, (sum, part) => sum + of(part));
    }

    /// <summary>Runs all clips at once, however many they are.</summary>
    internal Task<InferenceResult> InferWholeAsync(ReadOnlyMemory<byte> clips, int count, CancellationToken ct) => _lanes.RunAsync(clips, count, ct);

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
            _lanes.Close();
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
