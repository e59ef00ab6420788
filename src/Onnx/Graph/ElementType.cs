namespace Unreel.Onnx;

/// <summary>Types of a tensor's elements; the numbers are those of the ONNX format.</summary>
public enum ElementType
{
    /// <summary>32-bit float.</summary>
    Float = 1,

    /// <summary>Unsigned byte.</summary>
    UInt8 = 2,

    /// <summary>Signed byte.</summary>
    Int8 = 3,

    /// <summary>Unsigned 16-bit integer.</summary>
    UInt16 = 4,

    /// <summary>16-bit integer.</summary>
    Int16 = 5,

    /// <summary>32-bit integer.</summary>
    Int32 = 6,

    /// <summary>64-bit integer.</summary>
    Int64 = 7,

    /// <summary>Text in UTF-8, of any length.</summary>
    String = 8,

    /// <summary>Truth value, one byte.</summary>
    Bool = 9,

    /// <summary>16-bit float of IEEE 754.</summary>
    Float16 = 10,

    /// <summary>64-bit float.</summary>
    Double = 11,

    /// <summary>Unsigned 32-bit integer.</summary>
    UInt32 = 12,

    /// <summary>Unsigned 64-bit integer.</summary>
    UInt64 = 13,

    /// <summary>16-bit float with the exponent of a 32-bit one.</summary>
    BFloat16 = 16,

    /// <summary>Unsigned 4-bit integer, two to a byte, the first in the low half; from opset 21.</summary>
    UInt4 = 21,

    /// <summary>Signed 4-bit integer, two to a byte, the first in the low half; from opset 21.</summary>
    Int4 = 22,
}

/// <summary>Sizes of elements.</summary>
internal static class ElementTypes
{
    /// <summary>Bytes that so many elements take.</summary>
    /// <exception cref="GraphException">Elements of this type have no fixed size.</exception>
    internal static long BytesOf(this ElementType type, long count) => type switch
    {
        ElementType.UInt4 or ElementType.Int4 => (count + 1) / 2,
        ElementType.UInt8 or ElementType.Int8 or ElementType.Bool => count,
        ElementType.UInt16 or ElementType.Int16 or ElementType.Float16 or ElementType.BFloat16 => 2 * count,
        ElementType.Float or ElementType.Int32 or ElementType.UInt32 => 4 * count,
        ElementType.Int64 or ElementType.UInt64 or ElementType.Double => 8 * count,
        _ => throw new GraphException($"Elements of type {type} are not supported in a constant"),
    };
}
