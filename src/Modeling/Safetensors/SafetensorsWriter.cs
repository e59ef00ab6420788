using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text.Json;

namespace Unreel.Modeling;

/// <summary>A tensor to write. Its values are asked for when its turn comes, so that one tensor is in memory at a time.</summary>
public sealed class TensorToWrite
{
    private readonly Action<Stream> _write;

    private TensorToWrite(string name, TensorType type, IReadOnlyList<long> shape, Action<Stream> write) =>
        (Name, Type, Shape, _write) = (name, type, shape, write);

    /// <summary>The tensor's name.</summary>
    public string Name { get; }

    /// <summary>The type of its elements.</summary>
    public TensorType Type { get; }

    /// <summary>Its dimensions; empty for a scalar.</summary>
    public IReadOnlyList<long> Shape { get; }

    /// <summary>The number of bytes it takes.</summary>
    public long Bytes => Shape.Aggregate((long)Type.ElementBytes(), (product, dimension) => checked(product * dimension));

    /// <summary>A tensor of single-precision numbers.</summary>
    public static TensorToWrite F32(string name, IReadOnlyList<long> shape, Func<float[]> values) =>
        new(name, TensorType.F32, shape, stream => stream.Write(MemoryMarshal.AsBytes(values().AsSpan())));

    /// <summary>A tensor of 64-bit integers.</summary>
    public static TensorToWrite I64(string name, IReadOnlyList<long> shape, Func<long[]> values) =>
        new(name, TensorType.I64, shape, stream => stream.Write(MemoryMarshal.AsBytes(values().AsSpan())));

    /// <summary>A tensor of any type from bytes, little-endian, row-major.</summary>
    public static TensorToWrite Raw(string name, TensorType type, IReadOnlyList<long> shape, Func<byte[]> bytes) =>
        new(name, type, shape, stream => stream.Write(bytes()));

    internal void WriteTo(Stream stream) => _write(stream);
}

/// <summary>
/// Writes safetensors files whose bytes depend on their content alone: larger element types first so that every tensor is
/// aligned, names in ordinal order within a type's size, the header padded with spaces to eight bytes.
/// </summary>
public static class SafetensorsWriter
{
    /// <summary>Writes a file; it is there whole or not at all.</summary>
    public static void Write(string path, IReadOnlyCollection<TensorToWrite> tensors, IReadOnlyDictionary<string, string>? metadata = null) =>
        AtomicFile.Write(path, stream => Write(stream, tensors, metadata));

    /// <summary>Writes to a stream.</summary>
    /// <exception cref="ArgumentException">A name appears twice, or a tensor's values do not fill its shape.</exception>
    public static void Write(Stream stream, IReadOnlyCollection<TensorToWrite> tensors, IReadOnlyDictionary<string, string>? metadata = null)
    {
        if (tensors.Select(tensor => tensor.Name).Distinct(StringComparer.Ordinal).Count() != tensors.Count)
            throw new ArgumentException("Two tensors have the same name.", nameof(tensors));

        TensorToWrite[] ordered = [.. tensors.OrderByDescending(tensor => tensor.Type.ElementBytes()).ThenBy(tensor => tensor.Name, StringComparer.Ordinal)];
        byte[] header = Header(ordered, metadata);
        int padded = (header.Length + 7) / 8 * 8;

        Span<byte> length = stackalloc byte[8];
        BinaryPrimitives.WriteUInt64LittleEndian(length, (ulong)padded);
        stream.Write(length);
        stream.Write(header);
        stream.Write("       "u8[..(padded - header.Length)]);
        foreach (TensorToWrite tensor in ordered)
            WriteData(stream, tensor);
    }

    private static void WriteData(Stream stream, TensorToWrite tensor)
    {
        long before = stream.Position;
        tensor.WriteTo(stream);
        if (stream.Position - before != tensor.Bytes)
            throw new ArgumentException($"Tensor '{tensor.Name}' has {tensor.Bytes} bytes by its shape, but {stream.Position - before} were given.");
    }

    private static byte[] Header(TensorToWrite[] tensors, IReadOnlyDictionary<string, string>? metadata)
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            WriteMetadata(json, metadata);
            long offset = 0;
            foreach (TensorToWrite tensor in tensors)
            {
                WriteEntry(json, tensor, offset);
                offset += tensor.Bytes;
            }

            json.WriteEndObject();
        }

        return buffer.ToArray();
    }

    private static void WriteMetadata(Utf8JsonWriter json, IReadOnlyDictionary<string, string>? metadata)
    {
        if (metadata is null || metadata.Count == 0)
            return;

        json.WriteStartObject("__metadata__");
        foreach ((string key, string value) in metadata.OrderBy(entry => entry.Key, StringComparer.Ordinal))
            json.WriteString(key, value);
        json.WriteEndObject();
    }

    private static void WriteEntry(Utf8JsonWriter json, TensorToWrite tensor, long offset)
    {
        json.WriteStartObject(tensor.Name);
        json.WriteString("dtype", tensor.Type.FormatName());
        json.WriteStartArray("shape");
        foreach (long dimension in tensor.Shape)
            json.WriteNumberValue(dimension);
        json.WriteEndArray();
        json.WriteStartArray("data_offsets");
        json.WriteNumberValue(offset);
        json.WriteNumberValue(checked(offset + tensor.Bytes));
        json.WriteEndArray();
        json.WriteEndObject();
    }
}
