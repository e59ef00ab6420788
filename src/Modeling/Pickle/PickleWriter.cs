using System.Buffers;
using System.Buffers.Binary;
using System.Text;

namespace Unreel.Modeling;

/// <summary>Writes the pickles that hold a state dict: texts, whole numbers, dictionaries and tensors, protocol 2, no memo.</summary>
internal sealed class PickleWriter
{
    private readonly ArrayBufferWriter<byte> _bytes = new();

    public PickleWriter() => Put([0x80, 2]);

    public void Text(string text)
    {
        byte[] utf8 = Encoding.UTF8.GetBytes(text);
        Number32((byte)'X', utf8.Length);
        Put(utf8);
    }

    public void Integer(long value)
    {
        if (value is >= int.MinValue and <= int.MaxValue)
        {
            Number32((byte)'J', (int)value);
            return;
        }

        Span<byte> bytes = [0x8A, 8, 0, 0, 0, 0, 0, 0, 0, 0];
        BinaryPrimitives.WriteInt64LittleEndian(bytes[2..], value);
        Put(bytes);
    }

    public void BeginDictionary() => Put("}("u8);

    public void BeginOrderedDictionary()
    {
        EmptyOrderedDictionary();
        Put("("u8);
    }

    public void EndDictionary() => Put("u"u8);

    /// <summary>A contiguous tensor of single-precision numbers that has the storage <paramref name="key"/> to itself.</summary>
    public void Tensor(string key, IReadOnlyList<long> shape)
    {
        long count = shape.Aggregate(1L, (product, size) => checked(product * size));
        Global("torch._utils", "_rebuild_tensor_v2");
        Put("(("u8);
        Text("storage");
        Global("torch", "FloatStorage");
        Text(key);
        Text("cpu");
        Integer(count);
        Put("tQ"u8);
        Integer(0);
        Tuple(shape);
        Tuple([.. Enumerable.Range(1, shape.Count).Select(axis => shape.Skip(axis).Aggregate(1L, (product, size) => product * size))]);
        Put([0x89]);
        EmptyOrderedDictionary();
        Put("tR"u8);
    }

    /// <summary>Ends the pickle.</summary>
    public byte[] End()
    {
        Put("."u8);
        return _bytes.WrittenSpan.ToArray();
    }

    private void EmptyOrderedDictionary()
    {
        Global("collections", "OrderedDict");
        Put(")R"u8);
    }

    private void Tuple(IReadOnlyList<long> items)
    {
        Put("("u8);
        foreach (long item in items)
            Integer(item);
        Put("t"u8);
    }

    private void Global(string module, string name) => Put(Encoding.ASCII.GetBytes($"c{module}\n{name}\n"));

    private void Number32(byte opcode, int value)
    {
        Span<byte> bytes = [opcode, 0, 0, 0, 0];
        BinaryPrimitives.WriteInt32LittleEndian(bytes[1..], value);
        Put(bytes);
    }

    private void Put(ReadOnlySpan<byte> bytes) => _bytes.Write(bytes);
}
