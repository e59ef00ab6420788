using System.Globalization;
using Google.Protobuf;
using Unreel.Onnx.Format;

namespace Unreel.Onnx;

/// <summary>
/// Writes a model constant by constant, so that no more than one of them is in memory: what comes before the graph first, so that
/// whoever looks for the contract need not pass the weights.
/// </summary>
internal sealed class ModelWriter(OnnxDocument document)
{
    /// <summary>Protobuf counts the bytes of a message in 31 bits; the rest of a model is small beside its weights.</summary>
    internal const long MostBytes = int.MaxValue - (16L << 20);

    private const uint LengthDelimited = 2;
    private const int GraphField = 7;
    private const int InitializerField = 5;
    private const int RawDataField = 9;

    // Pages can be mapped from multiples of this, on every system.
    private const long Alignment = 64 << 10;

    /// <summary>What is shorter stays in the model: shapes and scales are looked at while it is loaded.</summary>
    internal const long LeastExternal = 1 << 10;

    /// <summary>Bytes of the model with all its constants, be they too many for one file.</summary>
    internal long Length
    {
        get
        {
            long graph = document.Model.Graph.CalculateSize() + document.Initializers.Sum(initializer => Field(InitializerField, LengthOf((Header(initializer), initializer))));
            return document.WithoutGraph().CalculateSize() + Field(GraphField, graph);
        }
    }

    /// <summary>Writes the model with all its constants.</summary>
    /// <exception cref="GraphException">It is too large for one file.</exception>
    internal void WriteWhole(Stream stream)
    {
        long bytes = document.Initializers.Sum(initializer => initializer.Length);
        if (bytes > MostBytes)
            throw new GraphException($"The weights take {bytes} bytes; a model in one file holds at most {MostBytes}");

        Write(stream, [.. document.Initializers.Select(initializer => (Header(initializer), (Initializer?)initializer))]);
    }

    /// <summary>Writes the model, which names <paramref name="location"/> as the file that its weights are in.</summary>
    internal void WriteWithout(Stream stream, string location)
    {
        List<(TensorProto, Initializer?)> tensors = [];
        foreach ((Initializer initializer, long offset) in Places())
        {
            tensors.Add(offset >= 0 ? (Header(initializer, location, offset), null) : (Header(initializer), initializer));
        }

        Write(stream, tensors);
    }

    /// <summary>What is said of a constant beside its content.</summary>
    internal static TensorProto Header(Initializer initializer)
    {
        var header = new TensorProto { Name = initializer.Name, DataType = (int)initializer.Type };
        header.Dims.Add(initializer.Shape);
        return header;
    }

    /// <summary>What is said of a constant whose content lies in another file.</summary>
    internal static TensorProto Header(Initializer initializer, string location, long offset)
    {
        TensorProto header = Header(initializer);
        header.DataLocation = TensorProto.Types.DataLocation.External;
        Add(header, "location", location);
        Add(header, "offset", offset.ToString(CultureInfo.InvariantCulture));
        Add(header, "length", initializer.Length.ToString(CultureInfo.InvariantCulture));
        return header;
    }

    /// <summary>The first place from <paramref name="end"/> on where a constant may begin in a file of its own.</summary>
    internal static long Aligned(long end) => (end + Alignment - 1) / Alignment * Alignment;

    /// <summary>Writes the weights that <see cref="WriteWithout"/> left out, each at the beginning of a page.</summary>
    internal void WriteExternal(Stream stream)
    {
        foreach ((Initializer initializer, long offset) in Places())
        {
            if (offset < 0)
                continue;
            stream.Position = offset;
            stream.Write(initializer.Read().Span);
        }
    }

    // -1 for what stays in the model.
    private IEnumerable<(Initializer Initializer, long Offset)> Places()
    {
        long end = 0;
        foreach (Initializer initializer in document.Initializers)
        {
            if (initializer.Length < LeastExternal)
            {
                yield return (initializer, -1);
                continue;
            }

            long offset = Aligned(end);
            yield return (initializer, offset);
            end = offset + initializer.Length;
        }
    }

    private void Write(Stream stream, IReadOnlyList<(TensorProto Header, Initializer? Content)> tensors)
    {
        using var output = new CodedOutputStream(stream, leaveOpen: true);
        document.WithoutGraph().WriteTo(output);
        long length = document.Model.Graph.CalculateSize() + tensors.Sum(tensor => Field(InitializerField, LengthOf(tensor)));
        WriteTag(output, GraphField, length);
        document.Model.Graph.WriteTo(output);
        foreach ((TensorProto header, Initializer? content) in tensors)
        {
            WriteTag(output, InitializerField, LengthOf((header, content)));
            header.WriteTo(output);
            if (content is null)
                continue;
            WriteTag(output, RawDataField, content.Length);
            output.Flush();
            stream.Write(content.Read().Span);
        }
    }

    private static void Add(TensorProto header, string key, string value) =>
        header.ExternalData.Add(new StringStringEntryProto { Key = key, Value = value });

    private static long LengthOf((TensorProto Header, Initializer? Content) tensor) =>
        tensor.Header.CalculateSize() + (tensor.Content is { } content ? Field(RawDataField, content.Length) : 0);

    private static long Field(int number, long length) =>
        CodedOutputStream.ComputeTagSize(number) + CodedOutputStream.ComputeUInt64Size((ulong)length) + length;

    private static void WriteTag(CodedOutputStream output, int number, long length)
    {
        output.WriteTag(((uint)number << 3) | LengthDelimited);
        output.WriteLength(checked((int)length));
    }
}
