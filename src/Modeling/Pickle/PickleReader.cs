using System.Buffers.Binary;
using System.Text;
using System.Text.Unicode;

namespace Unreel.Modeling;

/// <summary>
/// Reads the pickles that <c>torch.save</c> writes (Python's <c>pickletools</c> documents the opcodes) as data. Nothing is
/// looked up, constructed or called: the opcodes that would do so are understood for the names of <see cref="PickleGlobals"/>
/// only and refused for all others, by name. Values refer to each other and are never copied, so a pickle cannot grow.
/// </summary>
internal sealed partial class PickleReader
{
    /// <summary>The longest pickle that is read, in bytes.</summary>
    public const int LargestPickle = 64 << 20;

    private const int MostValues = 2_000_000;
    private const int DeepestNesting = 100;
    private readonly string _file;
    private readonly byte[] _bytes;
    private readonly List<object?> _stack = [];
    private readonly List<int> _marks = [];
    private readonly Dictionary<long, object?> _memo = [];
    private int _at;
    private int _values;

    private PickleReader(string file, byte[] bytes) => (_file, _bytes) = (file, bytes);

    /// <summary>Reads a pickle to its end.</summary>
    /// <returns>Null, <see cref="bool"/>, <see cref="long"/>, <see cref="double"/>, <see cref="string"/>, or a value of PickleValues.cs.</returns>
    /// <exception cref="CheckpointException">The pickle is damaged, or asks for what is refused.</exception>
    public static object? Read(string file, byte[] bytes)
    {
        var reader = new PickleReader(file, bytes);
        while (true)
        {
            byte opcode = reader.Take(1)[0];
            if (opcode == '.')
                return reader.End();
            if (!reader.Scalar(opcode) && !reader.Container(opcode) && !reader.Memo(opcode) && !reader.Object(opcode))
                throw reader.Broken($"opcode 0x{opcode:x2} at byte {reader._at - 1} is not one that torch.save writes.");
        }
    }

    private object? End()
    {
        object? value = Pop();
        if (_stack.Count > 0 || _marks.Count > 0)
            throw Broken($"{_stack.Count} values are left when it ends.");
        if (_at != _bytes.Length)
            throw Broken($"{_bytes.Length - _at} bytes follow its end.");
        return value;
    }

    private bool Scalar(byte opcode)
    {
        switch (opcode)
        {
            case (byte)'N': return Push(null);
            case 0x88: return Push(true);
            case 0x89: return Push(false);
            case (byte)'K': return Push((long)Take(1)[0]);
            case (byte)'M': return Push((long)BinaryPrimitives.ReadUInt16LittleEndian(Take(2)));
            case (byte)'J': return Push((long)BinaryPrimitives.ReadInt32LittleEndian(Take(4)));
            case 0x8A: return Push(Integer());
            case (byte)'G': return Push(BinaryPrimitives.ReadDoubleBigEndian(Take(8)));
            case (byte)'X': return Push(Text(BinaryPrimitives.ReadUInt32LittleEndian(Take(4))));
            case 0x8C: return Push(Text(Take(1)[0]));
            case (byte)'C': return Bytes(Take(1)[0]);
            case (byte)'B': return Bytes(BinaryPrimitives.ReadUInt32LittleEndian(Take(4)));
            default: return false;
        }
    }

    private long Integer()
    {
        int length = Take(1)[0];
        if (length > 8)
            throw Broken($"an integer of {length} bytes at {_at}; at most 8 are read.");

        ReadOnlySpan<byte> bytes = Take(length);
        long value = length > 0 && (bytes[^1] & 0x80) != 0 ? -1 : 0;
        for (int index = length - 1; index >= 0; index--)
            value = (value << 8) | bytes[index];
        return value;
    }

    private string Text(long length)
    {
        if (length > _bytes.Length - _at)
            throw Broken($"a text of {length} bytes at {_at}; {_bytes.Length - _at} are left.");

        ReadOnlySpan<byte> bytes = Take((int)length);
        return Utf8.IsValid(bytes) ? Encoding.UTF8.GetString(bytes) : throw Broken($"the text at {_at - length} is not UTF-8.");
    }

    private bool Bytes(long length)
    {
        if (length > _bytes.Length - _at)
            throw Broken($"a string of {length} bytes at {_at}; {_bytes.Length - _at} are left.");

        Take((int)length);
        return Push(PickleInert.Instance);
    }

    private bool Memo(byte opcode)
    {
        switch (opcode)
        {
            case (byte)'q': return Remember(Take(1)[0]);
            case (byte)'r': return Remember(BinaryPrimitives.ReadUInt32LittleEndian(Take(4)));
            case 0x94: return Remember(_memo.Count);
            case (byte)'h': return Push(Recall(Take(1)[0]));
            case (byte)'j': return Push(Recall(BinaryPrimitives.ReadUInt32LittleEndian(Take(4))));
            case 0x80: return Protocol(Take(1)[0]);
            case 0x95: return Frame(BinaryPrimitives.ReadUInt64LittleEndian(Take(8)));
            default: return false;
        }
    }

    private bool Protocol(byte version) => version is >= 2 and <= 5
        ? true
        : throw Broken($"protocol {version}; 2 to 5 are read.");

    private bool Frame(ulong length) => length <= (ulong)(_bytes.Length - _at)
        ? true
        : throw Broken($"a frame of {length} bytes at {_at}; {_bytes.Length - _at} are left.");

    private bool Remember(long index)
    {
        _memo[index] = Top();
        return true;
    }

    private object? Recall(long index) => _memo.TryGetValue(index, out object? value)
        ? value
        : throw Broken($"value {index} is recalled at byte {_at} but was never remembered.");

    private bool Push(object? value)
    {
        if (++_values > MostValues)
            throw Broken($"more than {MostValues} values.");
        _stack.Add(value);
        return true;
    }

    // What lies below a mark belongs to somebody else.
    private object? Pop()
    {
        object? value = Top();
        _stack.RemoveAt(_stack.Count - 1);
        return value;
    }

    private object? Top() => _stack.Count > (_marks.Count == 0 ? 0 : _marks[^1])
        ? _stack[^1]
        : throw Broken($"a value is missing at byte {_at}.");

    private object?[] PopToMark()
    {
        if (_marks.Count == 0)
            throw Broken($"a mark is missing at byte {_at}.");

        int mark = _marks[^1];
        object?[] items = [.. _stack[mark..]];
        _stack.RemoveRange(mark, items.Length);
        _marks.RemoveAt(_marks.Count - 1);
        return items;
    }

    private ReadOnlySpan<byte> Take(int count)
    {
        if (count > _bytes.Length - _at)
            throw Broken($"it ends at byte {_bytes.Length}, in the middle of a value.");

        ReadOnlySpan<byte> taken = _bytes.AsSpan(_at, count);
        _at += count;
        return taken;
    }

    private CheckpointException Broken(string found) => new(_file, $"the pickle cannot be read: {found}");
}
