using System.Numerics.Tensors;
using Unreel.Onnx;

namespace Unreel.Export;

/// <summary>What a graph gives for some clips: uint8 [count, frames, height, width, 3] to its outputs by name.</summary>
internal delegate IReadOnlyDictionary<string, FloatTensor> AnswersOf(byte[] clips, int count);

/// <summary>Holds a graph against the network it was made from, on the same clips, however often and wherever it is run.</summary>
/// <param name="expected">What the network gives.</param>
internal sealed class ParityGate(NetworkAnswers expected)
{
    private readonly List<ParityCell> _cells = [];
    private readonly HashSet<int> _disagreeing = [];
    private readonly Dictionary<string, double> _scales = expected.Outputs.Keys.ToDictionary(
        name => name,
        name => ParityScale.IsAbsolute(name) ? 1 : Math.Max(expected.LargestOf(name), float.Epsilon),
        StringComparer.Ordinal);

    /// <summary>What was found so far.</summary>
    public ParityReport Report => ParityReport.Of(_cells, expected.Clips.Count, 1 - ((double)_disagreeing.Count / expected.Clips.Count));

    /// <summary>Takes over what another found on the same clips.</summary>
    public void Add(ParityGate other)
    {
        _cells.AddRange(other._cells);
        _disagreeing.UnionWith(other._disagreeing);
    }

    /// <summary>Compares some clips in batches of one size; the last batch is filled up from the front.</summary>
    /// <param name="place">Where and how the graph is run.</param>
    /// <param name="clips">Numbers of the clips.</param>
    /// <param name="graph">Runs the graph.</param>
    /// <param name="ct">Cancels.</param>
    /// <returns>The logits of each clip; rows of another output where the graph is no classifier.</returns>
    public IReadOnlyDictionary<int, float[]> Compare(ParityPlace place, IReadOnlyList<int> clips, AnswersOf graph, CancellationToken ct)
    {
        Dictionary<string, Tally> tallies = expected.Outputs.Keys.ToDictionary(name => name, _ => new Tally(), StringComparer.Ordinal);
        Dictionary<int, float[]> rows = [];
        List<int> disagreeing = [];
        int compared = 0;
        for (int first = 0; first < clips.Count; first += place.Batch)
        {
            ct.ThrowIfCancellationRequested();
            int[] batch = [.. Enumerable.Range(first, place.Batch).Select(at => clips[at % clips.Count])];
            IReadOnlyDictionary<string, FloatTensor> found = graph([.. batch.SelectMany(clip => expected.Clips[clip])], batch.Length);
            for (int item = 0; item < batch.Length; item++)
            {
                rows[batch[item]] = Compare(batch[item], item, found, tallies);
                compared++;
                if (!Agrees(batch[item], rows[batch[item]]))
                    disagreeing.Add(batch[item]);
            }
        }

        _disagreeing.UnionWith(disagreeing);
        _cells.Add(new ParityCell(
            place,
            clips.Count,
            tallies.ToDictionary(tally => tally.Key, tally => tally.Value.Largest, StringComparer.Ordinal),
            tallies[MainOutput].Mean,
            1 - ((double)disagreeing.Count / compared))
        {
            WorstClips = tallies.ToDictionary(tally => tally.Key, tally => tally.Value.Worst, StringComparer.Ordinal),
            Disagreeing = disagreeing,
        });
        return rows;
    }

    private string MainOutput => expected.Logits is null ? expected.Outputs.Keys.First() : ClassifierGraph.Logits;

    private float[] Compare(int clip, int item, IReadOnlyDictionary<string, FloatTensor> found, Dictionary<string, Tally> tallies)
    {
        foreach ((string name, IReadOnlyList<float[]> rows) in expected.Outputs)
        {
            if (!found.TryGetValue(name, out FloatTensor? tensor) || tensor.Row(item).Length != rows[clip].Length)
                throw new OnnxModelException("candidate", $"gives {(tensor is null ? "no" : $"{tensor.Row(item).Length} values a clip of")} '{name}', the network {rows[clip].Length}");
            tallies[name].Add(clip, rows[clip], tensor.Row(item), _scales[name]);
        }

        return found[MainOutput].Row(item).ToArray();
    }

    private bool Agrees(int clip, float[] found)
    {
        if (expected.Logits is not { } logits)
            return true;

        // Where the network's own two logits are as good as equal, which is first says nothing.
        int wanted = TensorPrimitives.IndexOfMax(logits[clip].AsSpan()), had = TensorPrimitives.IndexOfMax(found.AsSpan());
        return wanted == had || (double)logits[clip][wanted] - logits[clip][had] <= GateLimits.Tie;
    }

    private sealed class Tally
    {
        private double _sum;
        private long _count;

        public double Largest { get; private set; }

        public double Mean => _sum / _count;

        public int Worst { get; private set; }

        public void Add(int clip, ReadOnlySpan<float> wanted, ReadOnlySpan<float> found, double scale)
        {
            for (int at = 0; at < wanted.Length; at++)
            {
                double difference = Math.Abs((double)wanted[at] - found[at]) / scale;
                if (!(difference <= Largest) && !double.IsNaN(Largest))
                    (Largest, Worst) = (difference, clip);
                _sum += difference;
            }

            _count += wanted.Length;
        }
    }
}

/// <summary>Where and how a graph was run.</summary>
/// <param name="Provider">The execution provider, e.g. <c>cpu</c>.</param>
/// <param name="Level">How much ONNX Runtime rewrote.</param>
/// <param name="Batch">Clips at once.</param>
internal sealed record ParityPlace(string Provider, OnnxOptimisation Level, int Batch)
{
    /// <summary>The same for a session.</summary>
    public OnnxModelOptions How { get; init; } = new();

    /// <summary>Frames and size; null where nobody says.</summary>
    public InputGeometry? Input { get; init; }

    /// <summary>The level as it is written in reports.</summary>
    public string LevelName => Level.ToString().ToLowerInvariant();

    /// <inheritdoc/>
    public override string ToString() => $"{Provider}, optimisation {LevelName}, batch {Batch}";
}
