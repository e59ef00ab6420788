namespace Unreel.Onnx;

/// <summary>A place in the tree of weights: <c>weights["blocks.0"]["norm1"]["weight"]</c>.</summary>
public readonly struct WeightScope
{
    private readonly Source _source;

    /// <summary>The root of <paramref name="weights"/>.</summary>
    public WeightScope(IWeights weights)
        : this(new Source(weights, []), "")
    {
    }

    private WeightScope(Source source, string path) => (_source, Path) = (source, path);

    /// <summary>State-dict path from the root; empty at the root.</summary>
    public string Path { get; }

    /// <summary>The place below this one.</summary>
    public WeightScope this[string name] => new(_source, Path.Length == 0 ? name : $"{Path}.{name}");

    /// <summary>Whether there is a weight at this place.</summary>
    public bool Exists => _source.Weights.TryGet(Path, out _);

    /// <summary>Returns what reads the weight at this place, and notes that it is used.</summary>
    /// <exception cref="WeightException">There is none, or it has another shape.</exception>
    public Func<ReadOnlyMemory<float>> Read(params ReadOnlySpan<long> shape)
    {
        string wanted = string.Join(", ", shape.ToArray());
        if (!_source.Weights.TryGet(Path, out Weight weight))
            throw new WeightException(Path, $"expected shape [{wanted}], found no weight of that name");
        if (!shape.SequenceEqual(weight.Shape.ToArray()))
            throw new WeightException(Path, $"expected shape [{wanted}], found [{string.Join(", ", weight.Shape)}]");

        _source.Used.Add(Path);
        return weight.Read;
    }

    /// <summary>Checks that no weight was left over: one that is would mean that this is another network.</summary>
    /// <exception cref="WeightException">A weight was never read.</exception>
    public void EnsureAllRead()
    {
        string[] left = [.. _source.Weights.Names.Except(_source.Used).Order(StringComparer.Ordinal)];
        if (left.Length > 0)
            throw new WeightException(left[0], $"the network has no place for it (nor for {left.Length - 1} others)");
    }

    private sealed record Source(IWeights Weights, HashSet<string> Used);
}
