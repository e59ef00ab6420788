namespace Unreel.Onnx;

/// <summary>Trained weights by their state-dict names, such as <c>blocks.0.attn.qkv.weight</c>.</summary>
public interface IWeights
{
    /// <summary>Names of all weights.</summary>
    IEnumerable<string> Names { get; }

    /// <summary>Looks a weight up; false where there is none of that name.</summary>
    bool TryGet(string name, out Weight weight);
}

/// <summary>One weight: values in rows of rows, last dimension innermost.</summary>
/// <param name="Shape">Extents.</param>
/// <param name="Read">Gives as many values as the extents' product, the same ones whenever it is called until the model is saved.</param>
public readonly record struct Weight(IReadOnlyList<long> Shape, Func<ReadOnlyMemory<float>> Read);

/// <summary>Weights held in memory.</summary>
public sealed class WeightSet : IWeights
{
    private readonly Dictionary<string, Weight> _weights = [];

    /// <inheritdoc/>
    public IEnumerable<string> Names => _weights.Keys;

    /// <summary>Adds a weight; its values are not copied.</summary>
    /// <exception cref="WeightException">The name is there already, or the shape does not hold that many values.</exception>
    public void Add(string name, IReadOnlyList<long> shape, ReadOnlyMemory<float> values)
    {
        long expected = shape.Aggregate(1L, (product, extent) => checked(product * extent));
        if (expected != values.Length)
            throw new WeightException(name, $"shape [{string.Join(", ", shape)}] holds {expected} values, found {values.Length}");
        Add(name, shape, () => values);
    }

    /// <summary>Adds a weight that is read when it is needed.</summary>
    /// <exception cref="WeightException">The name is there already.</exception>
    public void Add(string name, IReadOnlyList<long> shape, Func<ReadOnlyMemory<float>> read)
    {
        if (!_weights.TryAdd(name, new Weight(shape, read)))
            throw new WeightException(name, "the name is there twice");
    }

    /// <inheritdoc/>
    public bool TryGet(string name, out Weight weight) => _weights.TryGetValue(name, out weight);
}

/// <summary>A weight that is missing, left over or of another shape than the network needs.</summary>
public sealed class WeightException(string name, string reason) : Exception($"Weight '{name}': {reason}")
{
    /// <summary>State-dict name of the weight.</summary>
    public string Name { get; } = name;
}
