using Google.Protobuf;

namespace Unreel.Onnx;

/// <summary>Walks over the fields of a protobuf message in a seekable stream; long contents can be jumped over.</summary>
/// <param name="stream">Where the message lies.</param>
/// <param name="end">The place after its last byte.</param>
/// <param name="name">What errors call the file.</param>
/// <param name="budget">How much of it may be read.</param>
internal sealed class ProtobufSkimmer(Stream stream, long end, string name, SkimBudget budget)
{
    private const ulong LengthDelimited = 2;

    /// <summary>Number of the current field.</summary>
    internal int Field { get; private set; }

    /// <summary>Where the content of the current field begins.</summary>
    internal long Start { get; private set; }

    /// <summary>Bytes of the content of the current field.</summary>
    internal long Length { get; private set; }

    /// <summary>Goes to the next field; false at the end.</summary>
    /// <exception cref="OnnxModelException">The message is truncated or malformed.</exception>
    internal bool Next()
    {
        if (Start + Length != 0)
            stream.Position = Start + Length;
        if (stream.Position >= end)
            return false;

        Tag = ReadVarint();
        Field = (int)(Tag >> 3);
        switch (Tag & 7)
        {
            case 0:
                Start = stream.Position;
                ReadVarint();
                Length = stream.Position - Start;
                break;
            case 1:
                (Start, Length) = (stream.Position, 8);
                break;
            case LengthDelimited:
                ulong length = ReadVarint();
                Start = stream.Position;
                if (length > (ulong)(end - Start))
                    throw new OnnxModelException(name, $"is truncated or no ONNX model: field {Field} says {length} bytes, {end - Start} are left");
                Length = (long)length;
                break;
            case 5:
                (Start, Length) = (stream.Position, 4);
                break;
            default:
                throw new OnnxModelException(name, $"is no ONNX model: field {Field} has the unknown wire type {Tag & 7}");
        }

        return Start + Length <= end ? true : throw new OnnxModelException(name, "is truncated or no ONNX model: it ends inside a field");
    }

    private ulong Tag { get; set; }

    /// <summary>Walks over the message in the current field.</summary>
    /// <exception cref="OnnxModelException">The field holds no message.</exception>
    internal ProtobufSkimmer Inside()
    {
        RequireMessage();
        return new ProtobufSkimmer(stream, Start + Length, name, budget) { Start = Start };
    }

    /// <summary>Reads the message in the current field.</summary>
    internal T Read<T>(MessageParser<T> parser)
        where T : IMessage<T>
    {
        RequireMessage();
        return Parse(() => parser.ParseFrom(Bytes()));
    }

    /// <summary>Takes the current field into a message of the kind that is walked over.</summary>
    internal void MergeInto<T>(T message)
        where T : IMessage<T>
    {
        byte[] content = Bytes();
        Parse(() =>
        {
            using var field = new MemoryStream(content.Length + 20);
            var output = new CodedOutputStream(field, leaveOpen: true);
            output.WriteTag((uint)Tag);
            if ((Tag & 7) == LengthDelimited)
                output.WriteLength(content.Length);
            output.Flush();
            field.Write(content);
            field.Position = 0;
            message.MergeFrom(field);
            return true;
        });
    }

    private void RequireMessage()
    {
        if ((Tag & 7) != LengthDelimited)
            throw new OnnxModelException(name, $"is no ONNX model: field {Field} has wire type {Tag & 7}, expected {LengthDelimited}");
    }

    private byte[] Bytes()
    {
        budget.Take(name, Field, Length);
        byte[] bytes = new byte[Length];
        stream.Position = Start;
        stream.ReadExactly(bytes);
        return bytes;
    }

    private T Parse<T>(Func<T> parse)
    {
        try
        {
            return parse();
        }
        catch (InvalidProtocolBufferException exception)
        {
            throw new OnnxModelException(name, $"is truncated or no ONNX model: field {Field}: {exception.Message}");
        }
    }

    private ulong ReadVarint()
    {
        ulong value = 0;
        for (int shift = 0; shift < 70; shift += 7)
        {
            int next = stream.Position < end ? stream.ReadByte() : -1;
            if (next < 0)
                throw new OnnxModelException(name, "is truncated or no ONNX model: it ends inside a field");
            value |= (ulong)(next & 0x7F) << shift;
            if (next < 0x80)
                return value;
        }

        throw new OnnxModelException(name, "is no ONNX model: a field has a number of more than ten bytes");
    }
}
