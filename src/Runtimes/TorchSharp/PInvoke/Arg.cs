using System.Text;
using static TorchSharp.torch;

namespace TorchSharp.PInvoke;

/// <summary>One argument of an operator before it crosses; the default value stands for the schema's default.</summary>
internal readonly struct Arg
{
    private readonly Tag _tag;
    private readonly long _bits;

    private Arg(Tag tag, long bits, object? reference = null)
    {
        _tag = tag;
        _bits = bits;
        Reference = reference;
    }

    internal static Arg None => new(Tag.None, 0);

    /// <summary>What must stay alive until the native call returns.</summary>
    internal object? Reference { get; }

    /// <summary>Room this argument takes outside its own slot, in 64-bit words.</summary>
    internal int Words => _tag switch
    {
        Tag.IntList => ((long[])Reference!).Length,
        Tag.DoubleList => ((double[])Reference!).Length,
        Tag.TensorList => ((Tensor?[])Reference!).Length,
        Tag.String => (Encoding.UTF8.GetByteCount((string)Reference!) + 7) / 8,
        _ => 0,
    };

    public static implicit operator Arg(Tensor? value) => value is null ? None : new(Tag.Tensor, value.Handle, value);

    public static implicit operator Arg(long value) => new(Tag.Int, value);

    public static implicit operator Arg(long? value) => value is null ? None : new(Tag.Int, value.Value);

    public static implicit operator Arg(double value) => new(Tag.Double, BitConverter.DoubleToInt64Bits(value));

    public static implicit operator Arg(double? value) => value is null ? None : value.Value;

    public static implicit operator Arg(bool value) => new(Tag.Bool, value ? 1 : 0);

    public static implicit operator Arg(long[]? value) => value is null ? None : new(Tag.IntList, 0, value);

    public static implicit operator Arg(double[]? value) => value is null ? None : new(Tag.DoubleList, 0, value);

    public static implicit operator Arg(Tensor?[] value) => new(Tag.TensorList, 0, value);

    public static implicit operator Arg(string? value) => value is null ? None : new(Tag.String, 0, value);

    public static implicit operator Arg(Scalar? value) => value is null ? None : new(value.Tag, value.Bits);

    public static implicit operator Arg(ScalarType? value) => value is null ? None : new(Tag.Int, (long)value.Value);

    public static implicit operator Arg(Device? value) => value is null ? None : new(Tag.Device, value.Packed);

    public static implicit operator Arg(Generator? value) => value is null ? None : new(Tag.Generator, value.Handle, value);

    /// <summary>Writes the slot, and list contents to <paramref name="words"/>; returns the words used.</summary>
    internal unsafe int Write(Value* slot, long* words)
    {
        slot->Tag = _tag;
        slot->Count = 0;
        slot->Bits = _bits;
        return _tag is Tag.IntList or Tag.DoubleList or Tag.TensorList or Tag.String ? WriteList(slot, words) : 0;
    }

    private unsafe int WriteList(Value* slot, long* words)
    {
        slot->Pointer = (IntPtr)words;
        switch (_tag)
        {
            case Tag.IntList:
                var ints = (long[])Reference!;
                ints.CopyTo(new Span<long>(words, ints.Length));
                return slot->Count = ints.Length;
            case Tag.DoubleList:
                var doubles = (double[])Reference!;
                doubles.CopyTo(new Span<double>(words, doubles.Length));
                return slot->Count = doubles.Length;
            case Tag.TensorList:
                var tensors = (Tensor?[])Reference!;
                for (var i = 0; i < tensors.Length; i++)
                    words[i] = tensors[i] is { } tensor ? tensor.Handle : 0;
                return slot->Count = tensors.Length;
            default:
                var room = Words;
                slot->Count = Encoding.UTF8.GetBytes((string)Reference!, new Span<byte>(words, room * 8));
                return room;
        }
    }
}
