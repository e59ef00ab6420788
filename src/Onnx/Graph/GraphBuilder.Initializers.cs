using System.Globalization;

namespace Unreel.Onnx;

public sealed partial class GraphBuilder
{
    /// <summary>Writes a weight under its own name, in its own layout; a weight used twice is written once.</summary>
    /// <param name="weight">Leaf of the weights.</param>
    /// <param name="shape">The shape it must have.</param>
    /// <exception cref="WeightException">The weight is missing or has another shape.</exception>
    public Value Weight(WeightScope weight, params ReadOnlySpan<long> shape)
    {
        Func<ReadOnlyMemory<float>> read = weight.Read(shape);
        return Add(weight.Path, ElementType.Float, shape, () => RawData.Of(read()));
    }

    /// <summary>
    /// Writes a matrix [rows, columns] as [columns, rows], the layout MatMul wants, under its name with
    /// <c>.transposed</c> added: an initializer that carries a weight's bare name always has that weight's layout.
    /// </summary>
    /// <exception cref="WeightException">The weight is missing or has another shape.</exception>
    public Value Transposed(WeightScope weight, int rows, int columns)
    {
        Func<ReadOnlyMemory<float>> read = weight.Read([rows, columns]);
        return Transposed(weight.Path, read, rows, columns);
    }

    /// <summary>Writes a matrix that is read or computed when the model is saved as <see cref="Transposed(WeightScope, int, int)"/> does.</summary>
    internal Value Transposed(string name, Func<ReadOnlyMemory<float>> read, int rows, int columns) =>
        Add($"{name}.transposed", ElementType.Float, [columns, rows], () => RawData.Of<float>(Transpose(read().Span, rows, columns)));

    /// <summary>Writes floats that were computed; the memory is read when the model is saved and must not change before.</summary>
    /// <exception cref="GraphException">There are more or fewer values than the shape holds.</exception>
    public Value Floats(string name, ReadOnlySpan<long> shape, ReadOnlyMemory<float> values)
    {
        var made = Initializer.Of(name, ElementType.Float, shape.ToArray(), values);
        return made.Count == values.Length
            ? Add(made)
            : throw new GraphException($"Initializer '{name}': shape [{string.Join(", ", made.Shape)}] holds {made.Count} values, found {values.Length}");
    }

    /// <summary>Writes floats that are computed when the model is saved, the same ones each time.</summary>
    public Value Computed(string name, ReadOnlySpan<long> shape, Func<ReadOnlyMemory<float>> compute) =>
        Add(name, ElementType.Float, shape, () => RawData.Of(compute()));

    /// <summary>Writes one float; equal ones are written once.</summary>
    public Value Scalar(float value) =>
        Floats(string.Create(CultureInfo.InvariantCulture, $"constants/{value:R}"), [], new[] { value });

    /// <summary>Writes a list of integers, such as a shape for Reshape; equal ones are written once.</summary>
    public Value Integers(params long[] values) =>
        Add($"constants/[{string.Join(',', values)}]", ElementType.Int64, [values.Length], () => RawData.Of<long>(values));

    private Value Add(string name, ElementType type, ReadOnlySpan<long> shape, Func<ReadOnlyMemory<byte>> read) =>
        Add(new Initializer(name, type, shape.ToArray(), read));

    private Value Add(Initializer initializer)
    {
        _initializers.TryAdd(initializer.Name, initializer);
        return new Value(initializer.Name);
    }

    // Square by square: a column at a time would miss the cache with every number.
    private static float[] Transpose(ReadOnlySpan<float> source, int rows, int columns)
    {
        const int side = 32;
        float[] transposed = new float[source.Length];
        for (int top = 0; top < rows; top += side)
        {
            for (int left = 0; left < columns; left += side)
            {
                for (int row = top; row < Math.Min(top + side, rows); row++)
                {
                    for (int column = left; column < Math.Min(left + side, columns); column++)
                        transposed[(column * rows) + row] = source[(row * columns) + column];
                }
            }
        }

        return transposed;
    }
}
