using System.Globalization;
using Google.Protobuf;
using Unreel.Onnx.Format;

namespace Unreel.Onnx;

public sealed partial class GraphBuilder
{
    /// <summary>Writes a weight under its own name, in its own layout; a weight used twice is written once.</summary>
    /// <param name="weight">Leaf of the weights.</param>
    /// <param name="shape">The shape it must have.</param>
    /// <exception cref="WeightException">The weight is missing or has another shape.</exception>
    public Value Weight(WeightScope weight, params ReadOnlySpan<long> shape) =>
        Floats(weight.Path, shape, weight.Read(shape));

    /// <summary>
    /// Writes a matrix [rows, columns] as [columns, rows], the layout MatMul wants, under its name with
    /// <c>.transposed</c> added: an initializer that carries a weight's bare name always has that weight's layout.
    /// </summary>
    /// <exception cref="WeightException">The weight is missing or has another shape.</exception>
    public Value Transposed(WeightScope weight, int rows, int columns)
    {
        string name = $"{weight.Path}.transposed";
        if (_initializers.Contains(name))
            return new Value(name);

        ReadOnlySpan<float> source = weight.Read([rows, columns]).Span;
        float[] transposed = new float[source.Length];
        for (int row = 0; row < rows; row++)
        {
            for (int column = 0; column < columns; column++)
                transposed[(column * rows) + row] = source[(row * columns) + column];
        }

        return Floats(name, [columns, rows], transposed);
    }

    /// <summary>Writes floats that were computed; the memory is read when the model is saved and must not change before.</summary>
    /// <exception cref="GraphException">There are more or fewer values than the shape holds.</exception>
    public Value Floats(string name, ReadOnlySpan<long> shape, ReadOnlyMemory<float> values) =>
        Add(name, TensorProto.Types.DataType.Float, shape, values.Length, () => RawData.Of(values));

    /// <summary>Writes one float; equal ones are written once.</summary>
    public Value Scalar(float value) =>
        Floats(string.Create(CultureInfo.InvariantCulture, $"constants/{value:R}"), [], new[] { value });

    /// <summary>Writes a list of integers, such as a shape for Reshape; equal ones are written once.</summary>
    public Value Integers(params long[] values) =>
        Add($"constants/[{string.Join(',', values)}]", TensorProto.Types.DataType.Int64, [values.Length], values.Length, () => RawData.Of<long>(values));

    // The one place where initializers get their bytes: data kept in a file of its own would be decided here.
    private Value Add(string name, TensorProto.Types.DataType type, ReadOnlySpan<long> shape, int count, Func<ByteString> bytes)
    {
        long expected = 1;
        foreach (long extent in shape)
            expected = checked(expected * extent);
        if (expected != count)
            throw new GraphException($"Initializer '{name}': shape [{string.Join(", ", shape.ToArray())}] holds {expected} values, found {count}");

        if (_initializers.Add(name))
        {
            var tensor = new TensorProto { Name = name, DataType = (int)type, RawData = bytes() };
            tensor.Dims.Add(shape.ToArray());
            _graph.Initializer.Add(tensor);
        }

        return new Value(name);
    }
}
