using Google.Protobuf;
using Unreel.Onnx.Format;

namespace Unreel.Onnx;

/// <summary>Reads and writes files that hold one tensor as ONNX's message <c>TensorProto</c>, as ONNX's own test data does.</summary>
public static class TensorFile
{
    private const int RawDataField = 9;
    private const int MostDimensions = 16;

    // Names, extents and the like; also elements that are kept one by one and not in one piece, where they are few.
    private const long MostBeside = 1 << 20;

    /// <summary>Writes a tensor; one that is there is replaced.</summary>
    /// <param name="path">The file.</param>
    /// <param name="tensor">The tensor; of its elements no copy is made.</param>
    public static void Write(string path, NamedTensor tensor)
    {
        var header = new TensorProto { Name = tensor.Name, DataType = (int)tensor.Type };
        header.Dims.Add(tensor.Shape);
        using FileStream stream = new(path, FileMode.Create, FileAccess.Write);
        using var output = new CodedOutputStream(stream, leaveOpen: true);
        header.WriteTo(output);
        output.WriteTag(RawDataField, WireFormat.WireType.LengthDelimited);
        output.WriteLength(tensor.Bytes.Length);
        output.Flush();
        stream.Write(tensor.Bytes.Span);
    }

    /// <summary>Reads a tensor of bytes or 32-bit floats.</summary>
    /// <param name="path">The file.</param>
    /// <param name="most">Bytes that its elements may take; one that says more is not read.</param>
    /// <exception cref="OnnxModelException">The file is missing, truncated or no tensor, is of another type, or says of its size what is not so.</exception>
    public static NamedTensor Read(string path, long most)
    {
        try
        {
            using FileStream stream = File.OpenRead(path);
            return Read(stream, path, most);
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            throw new OnnxModelException(path, $"cannot be read: {problem.Message}", problem);
        }
    }

    /// <inheritdoc cref="Read(string, long)"/>
    /// <param name="stream">The message and nothing else; seekable.</param>
    /// <param name="name">What errors call it.</param>
    /// <param name="most">Bytes that its elements may take.</param>
    public static NamedTensor Read(Stream stream, string name, long most)
    {
        TensorProto header = new();
        (long Start, long Length)? raw = null;
        ProtobufSkimmer fields = new(stream, stream.Length, name, new SkimBudget(MostBeside, MostBeside));
        while (fields.Next())
        {
            if (fields.Field == RawDataField)
                raw = (fields.Start, fields.Length);
            else
                fields.MergeInto(header);
        }

        long expected = SizeOf(header, name, most);
        return new NamedTensor(header.Name, (ElementType)header.DataType, [.. header.Dims], Elements(stream, header, raw, expected, name));
    }

    private static long SizeOf(TensorProto header, string name, long most)
    {
        ElementType type = (ElementType)header.DataType;
        if (type is not (ElementType.UInt8 or ElementType.Float))
            throw new OnnxModelException(name, $"holds elements of type {type}; expected {ElementType.UInt8} or {ElementType.Float}");
        if (header.DataLocation == TensorProto.Types.DataLocation.External || header.ExternalData.Count > 0)
            throw new OnnxModelException(name, "says that its elements are in another file; expected them in this one");
        if (header.Dims.Count > MostDimensions || header.Dims.Any(extent => extent < 0))
            throw new OnnxModelException(name, $"is of shape [{string.Join(", ", header.Dims.Take(MostDimensions + 1))}]; expected at most {MostDimensions} extents, none below 0");

        long bytes = type == ElementType.Float ? sizeof(float) : 1;
        foreach (long extent in header.Dims)
        {
            // Divided and not multiplied: a product could run over.
            if (extent > 0 && bytes > most / extent)
                throw new OnnxModelException(name, $"says that it is of shape [{string.Join(", ", header.Dims)}]; at most {most} bytes are read");

            bytes *= extent;
        }

        return bytes;
    }

    private static ReadOnlyMemory<byte> Elements(Stream stream, TensorProto header, (long Start, long Length)? raw, long expected, string name)
    {
        if (raw is not { } place)
        {
            ReadOnlyMemory<byte> numbers = header.DataType == (int)ElementType.Float ? RawData.Of<float>(header.FloatData.ToArray()) : header.Int32Data.Select(value => (byte)value).ToArray();
            return numbers.Length == expected ? numbers : throw Wrong(name, header, expected, numbers.Length);
        }

        if (place.Length != expected)
            throw Wrong(name, header, expected, place.Length);

        byte[] bytes = new byte[expected];
        stream.Position = place.Start;
        stream.ReadExactly(bytes);
        return bytes;
    }

    private static OnnxModelException Wrong(string name, TensorProto header, long expected, long found) =>
        new(name, $"is of shape [{string.Join(", ", header.Dims)}], which takes {expected} bytes, but has {found}");
}
