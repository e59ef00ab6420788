using TorchSharp.PInvoke;

namespace TorchSharp;

/// <summary>A single number, as operators take it beside tensors.</summary>
public sealed class Scalar : IDisposable
{
    internal Scalar(Tag tag, long bits, torch.ScalarType? type = null)
    {
        Tag = tag;
        Bits = bits;
        Type = type ?? tag switch
        {
            Tag.Double => torch.ScalarType.Float64,
            Tag.Bool => torch.ScalarType.Bool,
            _ => torch.ScalarType.Int64,
        };
    }

    internal Tag Tag { get; }

    internal long Bits { get; }

    /// <summary>The element type this number came from.</summary>
    public torch.ScalarType Type { get; }

    /// <summary>Makes a scalar of a byte.</summary>
    public static implicit operator Scalar(byte value) => new(Tag.Int, value, torch.ScalarType.Int64);

    /// <summary>Makes a scalar of a signed byte.</summary>
    public static implicit operator Scalar(sbyte value) => new(Tag.Int, value, torch.ScalarType.Int64);

    /// <summary>Makes a scalar of a 16-bit integer.</summary>
    public static implicit operator Scalar(short value) => new(Tag.Int, value, torch.ScalarType.Int64);

    /// <summary>Makes a scalar of a 32-bit integer.</summary>
    public static implicit operator Scalar(int value) => new(Tag.Int, value, torch.ScalarType.Int64);

    /// <summary>Makes a scalar of a 64-bit integer.</summary>
    public static implicit operator Scalar(long value) => new(Tag.Int, value, torch.ScalarType.Int64);

    /// <summary>Makes a scalar of a half-precision number.</summary>
    public static implicit operator Scalar(Half value) => (double)value;

    /// <summary>Makes a scalar of a single-precision number.</summary>
    public static implicit operator Scalar(float value) => (double)value;

    /// <summary>Makes a scalar of a double-precision number.</summary>
    public static implicit operator Scalar(double value) => new(Tag.Double, BitConverter.DoubleToInt64Bits(value));

    /// <summary>Makes a scalar of a truth value.</summary>
    public static implicit operator Scalar(bool value) => new(Tag.Bool, value ? 1 : 0);

    /// <summary>Does nothing here: this scalar owns no native memory.</summary>
    public void Dispose()
    {
    }

    internal double AsDouble() => Tag == Tag.Double ? BitConverter.Int64BitsToDouble(Bits) : Bits;

    internal long AsInt64() => Tag == Tag.Double ? checked((long)BitConverter.Int64BitsToDouble(Bits)) : Bits;
}

/// <summary>Conversions from and to <see cref="Scalar"/>.</summary>
public static class ScalarExtensionMethods
{
    /// <summary>Makes a scalar of a 32-bit integer.</summary>
    public static Scalar ToScalar(this int value) => value;

    /// <summary>Makes a scalar of a 64-bit integer.</summary>
    public static Scalar ToScalar(this long value) => value;

    /// <summary>Makes a scalar of a single-precision number.</summary>
    public static Scalar ToScalar(this float value) => value;

    /// <summary>Makes a scalar of a double-precision number.</summary>
    public static Scalar ToScalar(this double value) => value;

    /// <summary>Makes a scalar of a truth value.</summary>
    public static Scalar ToScalar(this bool value) => value;

    /// <summary>Reads a scalar as a single-precision number.</summary>
    public static float ToSingle(this Scalar value) => (float)value.AsDouble();

    /// <summary>Reads a scalar as a double-precision number.</summary>
    public static double ToDouble(this Scalar value) => value.AsDouble();

    /// <summary>Reads a scalar as a signed byte.</summary>
    public static sbyte ToSByte(this Scalar value) => checked((sbyte)value.AsInt64());

    /// <summary>Reads a scalar as a byte.</summary>
    public static byte ToByte(this Scalar value) => checked((byte)value.AsInt64());

    /// <summary>Reads a scalar as a 16-bit integer.</summary>
    public static short ToInt16(this Scalar value) => checked((short)value.AsInt64());

    /// <summary>Reads a scalar as a 32-bit integer.</summary>
    public static int ToInt32(this Scalar value) => checked((int)value.AsInt64());

    /// <summary>Reads a scalar as a 64-bit integer.</summary>
    public static long ToInt64(this Scalar value) => value.AsInt64();

    /// <summary>Reads a scalar as a truth value: whether it differs from zero.</summary>
    public static bool ToBoolean(this Scalar value) => value.AsDouble() != 0;
}
