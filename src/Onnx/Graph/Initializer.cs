using System.Runtime.InteropServices;

namespace Unreel.Onnx;

/// <summary>
/// A constant of a graph. Its bytes are made or read when they are asked for and not kept, so that a model of any size is written and
/// rewritten one tensor after another.
/// </summary>
internal sealed class Initializer
{
    private readonly Func<ReadOnlyMemory<byte>> _read;

    /// <summary>Describes a constant.</summary>
    /// <param name="name">Unique in its graph.</param>
    /// <param name="type">Type of its elements.</param>
    /// <param name="shape">Extents.</param>
    /// <param name="read">Gives the elements in little-endian order, row-major; the same ones whenever it is called.</param>
    internal Initializer(string name, ElementType type, IReadOnlyList<long> shape, Func<ReadOnlyMemory<byte>> read)
    {
        (Name, Type, Shape, _read) = (name, type, [.. shape], read);
        Count = shape.Aggregate(1L, (product, extent) => checked(product * extent));
        Length = type.BytesOf(Count);
    }

    /// <summary>Name of the value.</summary>
    internal string Name { get; }

    /// <summary>Type of the elements.</summary>
    internal ElementType Type { get; }

    /// <summary>Extents.</summary>
    internal IReadOnlyList<long> Shape { get; }

    /// <summary>Elements.</summary>
    internal long Count { get; }

    /// <summary>Bytes.</summary>
    internal long Length { get; }

    /// <summary>Returns the bytes.</summary>
    /// <exception cref="GraphException">There are more or fewer than the shape needs.</exception>
    internal ReadOnlyMemory<byte> Read()
    {
        ReadOnlyMemory<byte> bytes = _read();
        return bytes.Length == Length
            ? bytes
            : throw new GraphException($"Initializer '{Name}' of {Type} [{string.Join(", ", Shape)}] needs {Length} bytes, found {bytes.Length}");
    }

    /// <summary>Returns the elements of a constant of 32-bit floats.</summary>
    internal float[] ReadFloats() => Type == ElementType.Float
        ? MemoryMarshal.Cast<byte, float>(Read().Span).ToArray()
        : throw new GraphException($"Initializer '{Name}' holds {Type}, expected {ElementType.Float}");

    /// <summary>Returns the elements of a constant of 64-bit integers.</summary>
    internal long[] ReadIntegers() => Type == ElementType.Int64
        ? MemoryMarshal.Cast<byte, long>(Read().Span).ToArray()
        : throw new GraphException($"Initializer '{Name}' holds {Type}, expected {ElementType.Int64}");

    /// <summary>Makes a constant of elements that were computed; they are read when the model is saved and must not change before.</summary>
    internal static Initializer Of<T>(string name, ElementType type, IReadOnlyList<long> shape, ReadOnlyMemory<T> values)
        where T : unmanaged => new(name, type, shape, () => RawData.Of(values));
}
